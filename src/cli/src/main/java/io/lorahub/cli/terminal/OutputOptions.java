package io.lorahub.cli.terminal;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** How a command prints its result. */
public final class OutputOptions {

    private static final ObjectMapper JSON = new ObjectMapper();

    @Spec(Spec.Target.MIXEE)
    private CommandSpec command;

    @Option(
            names = "--json",
            description = "Print one JSON object on standard output, everything else on standard error.")
    private boolean json;

    @Option(names = "--debug", description = "Show where an error comes from.")
    private boolean debug;

    public boolean json() {
        return json;
    }

    public PrintWriter out() {
        return command.commandLine().getOut();
    }

    /** For people: standard output, unless that is for the JSON object. */
    public PrintWriter text() {
        return json ? err() : out();
    }

    public PrintWriter err() {
        return command.commandLine().getErr();
    }

    public AnsiStyle style() {
        return AnsiStyle.of(command.commandLine());
    }

    /** JSON has no NaN or infinity: they become null, and a warning names them. */
    public void print(JsonNode node) {
        List<String> places = withoutNonFinite(node);
        if (!places.isEmpty()) {
            err().println("lorahub: warning: Not a finite number, and so null in the JSON: %s."
                    .formatted(String.join(", ", places)));
        }
        try {
            out().println(JSON.writeValueAsString(node));
            out().flush();
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a tree can be written", e);
        }
    }

    /** Replaces NaN and infinities, which JSON lacks, with null; returns their places, as {@code controls.base.loss}. */
    static List<String> withoutNonFinite(JsonNode tree) {
        List<String> places = new ArrayList<>();
        replace(tree, "", places);
        return places;
    }

    private static void replace(JsonNode node, String place, List<String> places) {
        if (node instanceof ObjectNode object) {
            for (Map.Entry<String, JsonNode> entry : object.properties()) {
                String inner = place.isEmpty() ? entry.getKey() : place + "." + entry.getKey();
                if (isNonFinite(entry.getValue())) {
                    entry.setValue(NullNode.instance);
                    places.add(inner);
                } else replace(entry.getValue(), inner, places);
            }
        } else if (node instanceof ArrayNode array) {
            for (int i = 0; i < array.size(); i++) {
                String inner = "%s[%d]".formatted(place, i);
                if (isNonFinite(array.get(i))) {
                    array.set(i, NullNode.instance);
                    places.add(inner);
                } else replace(array.get(i), inner, places);
            }
        }
    }

    private static boolean isNonFinite(JsonNode node) {
        return node.isFloatingPointNumber() && !Double.isFinite(node.doubleValue());
    }
}
