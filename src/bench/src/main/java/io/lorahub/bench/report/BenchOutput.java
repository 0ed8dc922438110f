package io.lorahub.bench.report;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.PrintWriter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** How a bench prints: a table for people or JSON for programs; progress goes to standard error. */
public final class BenchOutput implements BenchProgress {

    public static final ObjectMapper JSON = new ObjectMapper();

    @Spec(Spec.Target.MIXEE)
    private CommandSpec command;

    @Option(
            names = "--json",
            description = "Print one JSON object on standard output, everything else on standard error.")
    private boolean json;

    @Option(names = "--debug", description = "Show where an error comes from.")
    private boolean debug;

    @Override
    public void say(String line) {
        PrintWriter err = command.commandLine().getErr();
        err.println(line);
        err.flush();
    }

    /** @param text what people read instead of the JSON object */
    public void print(JsonNode object, String text) {
        PrintWriter out = command.commandLine().getOut();
        try {
            out.println(json ? JSON.writeValueAsString(object) : text.stripTrailing());
            out.flush();
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a tree can be written", e);
        }
    }

    /** An error in the command line. */
    public ParameterException wrong(String message) {
        return new ParameterException(command.commandLine(), message);
    }
}
