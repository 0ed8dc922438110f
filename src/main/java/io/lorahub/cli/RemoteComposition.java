package io.lorahub.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lorahub.remote.HubClient;
import io.lorahub.remote.RemoteRun;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** Starts a run on a hub, says how far it is, and shows what came out. Ctrl-C leaves it running there. */
record RemoteComposition(HubClient hub, OutputOptions output) {

    /** @return the exit status */
    int run(ObjectNode request) {
        RemoteRun run = RemoteRun.start(hub, request);
        output.err().println("The run is at " + run.address());
        output.err().flush();
        JsonNode ended = run.follow(this::moved);
        if (output.json()) {
            output.print(ended);
        } else {
            print(ended, run.address());
        }
        return ended.path("state").asText().equals("succeeded") ? ExitCode.OK : ExitCode.INPUT;
    }

    private void moved(JsonNode run) {
        String state = run.path("state").asText();
        JsonNode best = run.path("best");
        output.err()
                .println(
                        best.isMissingNode()
                                ? state
                                : String.format(
                                        Locale.ROOT,
                                        "%s, %d of %d, best objective %.4f",
                                        state,
                                        run.path("spent").asInt(),
                                        run.path("budget").asInt(),
                                        best.path("objective").asDouble()));
        output.err().flush();
    }

    private void print(JsonNode run, String address) {
        JsonNode result = run.path("result");
        if (result.isMissingNode()) {
            output.out()
                    .println(Lines.wrapped("The run has ended without a result: %s."
                            .formatted(
                                    run.path("failure").asText(run.path("state").asText()))));
            return;
        }
        output.out().println(Lines.wrapped(result.path("verdict").asText()));
        output.out().println();
        output.out().println(output.style().strong("Weights"));
        Map<String, Double> weights = new LinkedHashMap<>();
        result.path("weights")
                .fields()
                .forEachRemaining(e -> weights.put(e.getKey(), e.getValue().asDouble()));
        JsonNode settings = run.path("settings");
        new WeightBars(output.out(), output.style())
                .print(
                        weights,
                        Math.max(
                                Math.abs(settings.path("lower").asDouble()),
                                Math.abs(settings.path("upper").asDouble())));
        output.out().println();
        output.out().println("The result is at %s/result".formatted(address));
        output.out().flush();
    }
}
