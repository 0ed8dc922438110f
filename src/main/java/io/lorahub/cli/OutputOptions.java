package io.lorahub.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.PrintWriter;
import java.util.List;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** How a command answers. */
final class OutputOptions {

    private static final ObjectMapper JSON = new ObjectMapper();

    @Spec(Spec.Target.MIXEE)
    private CommandSpec command;

    @Option(
            names = "--json",
            description = "Print one JSON object on standard output, everything else on standard error.")
    private boolean json;

    @Option(names = "--debug", description = "Show where an error comes from.")
    private boolean debug;

    boolean json() {
        return json;
    }

    PrintWriter out() {
        return command.commandLine().getOut();
    }

    /** For people: standard output, unless that is for the JSON object. */
    PrintWriter text() {
        return json ? err() : out();
    }

    PrintWriter err() {
        return command.commandLine().getErr();
    }

    AnsiStyle style() {
        return AnsiStyle.of(command.commandLine());
    }

    /** What is no finite number, JSON does not know: it becomes null, and a warning names it. */
    void print(JsonNode node) {
        List<String> places = NonFinite.replaced(node);
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
}
