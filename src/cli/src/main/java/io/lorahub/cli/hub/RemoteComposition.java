package io.lorahub.cli.hub;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lorahub.cli.terminal.ControlsTable;
import io.lorahub.cli.terminal.ExitCode;
import io.lorahub.cli.terminal.Interruption;
import io.lorahub.cli.terminal.OutputOptions;
import io.lorahub.cli.terminal.TextLines;
import io.lorahub.cli.terminal.TransferOnTerminal;
import io.lorahub.cli.terminal.WeightBars;
import io.lorahub.engine.learning.Accuracy;
import io.lorahub.engine.learning.NearMisses;
import io.lorahub.remote.HubClient;
import io.lorahub.remote.RemoteException;
import io.lorahub.remote.RemoteRun;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Starts a run on a hub, shows its progress and its result. Ctrl-C leaves it running there. */
public record RemoteComposition(HubClient hub, OutputOptions output, AcceptOptions accept)
        implements RemoteRun.Listener {

    /** @return the exit status */
    public int run(ObjectNode request, Optional<Path> folder) {
        try (Interruption interruption = new Interruption()) {
            interruption.handledBy(() -> leave("If the hub has started the run, lorahub runs list shows it."));
            RemoteRun run = RemoteRun.start(hub, request);
            say("The run is at " + run.address());
            JsonNode ended = follow(run, interruption);
            show(run, ended, folder);
            if (folder.isPresent() && !ended.path("files").isEmpty()) {
                interruption.handledBy(
                        () -> leave("The run has ended. Download its result with lorahub runs download %s -o DIR."
                                .formatted(run.id())));
                run.download(folder.get(), new TransferOnTerminal(output.err()));
                say("The result is in %s.".formatted(folder.get()));
            } else if (folder.isPresent() && ended.path("state").asText().equals("succeeded")) {
                say("lorahub: All weights are 0, so the mix is the base model and there is no adapter to write.");
                return ExitCode.INPUT;
            }
            return exitCode(ended, folder);
        }
    }

    /** Follows a run that was started before. @return the exit status */
    int watch(String id) {
        try (Interruption interruption = new Interruption()) {
            RemoteRun run = RemoteRun.of(hub, id);
            JsonNode ended = follow(run, interruption);
            show(run, ended, Optional.empty());
            return exitCode(ended, Optional.empty());
        }
    }

    private JsonNode follow(RemoteRun run, Interruption interruption) {
        interruption.handledBy(() -> leave(
                "The run continues on the hub. Follow it again with lorahub runs watch %1$s, or end it with lorahub runs cancel %1$s."
                        .formatted(run.id())));
        try {
            return run.follow(this);
        } catch (RemoteException e) {
            throw new RemoteException(
                    "%s\nThe run may still be going on the hub; follow it with lorahub runs watch %s."
                            .formatted(e.getMessage(), run.id()),
                    e);
        }
    }

    /** At once, even while a response is awaited. */
    private void leave(String sentence) {
        say(sentence);
        Interruption.end();
    }

    private int exitCode(JsonNode ended, Optional<Path> folder) {
        if (!ended.path("state").asText().equals("succeeded")) return ExitCode.INPUT;
        Optional<String> better =
                Optional.ofNullable(ended.path("result").path("better_single").textValue());
        return accept.exitCode(better, folder, output.err());
    }

    private void show(RemoteRun run, JsonNode ended, Optional<Path> folder) {
        if (output.json()) {
            output.print(ended);
            return;
        }
        print(ended, run.address());
        if (ended.path("files").isEmpty() || folder.isPresent()) return;
        output.out().println("Download it with: lorahub runs download %s -o DIR".formatted(run.id()));
        output.out().flush();
    }

    private void say(String sentence) {
        output.err().println(sentence);
        output.err().flush();
    }

    @Override
    public void lost(String why) {
        say("lorahub: %s Trying again.".formatted(why));
    }

    @Override
    public void moved(JsonNode run) {
        String state = run.path("state").asText();
        JsonNode best = run.path("best");
        output.err()
                .println(
                        best.isMissingNode()
                                ? state
                                : String.format(
                                        Locale.ROOT,
                                        "%s, %d of %d, lowest objective so far %.4f",
                                        state,
                                        run.path("spent").asInt(),
                                        run.path("budget").asInt(),
                                        best.path("objective").asDouble()));
        output.err().flush();
    }

    private static String withoutResult(JsonNode run) {
        String state = run.path("state").asText();
        if (run.has("failure"))
            return "The run has failed: " + run.path("failure").asText();
        return state.equals("paused")
                ? "The run is paused. Resume it on its page; \"lorahub runs watch %s\" follows it then."
                        .formatted(run.path("id").asText())
                : "The run ended without a result: it is %s.".formatted(state);
    }

    private void print(JsonNode run, String address) {
        JsonNode result = run.path("result");
        if (result.isMissingNode()) {
            output.out().println(TextLines.wrapped(withoutResult(run)));
            return;
        }
        output.out()
                .println(output.style()
                        .faint("answer: objective %s, loss %s"
                                .formatted(
                                        TextLines.number(
                                                result.path("objective").asDouble()),
                                        TextLines.number(result.path("loss").asDouble()))));
        output.out().println();
        output.out().println(TextLines.wrapped(result.path("verdict").asText()));
        output.out().println();
        ControlsTable.print(output.out(), output.style(), rows(result));
        output.out().println();
        Map<String, Map<String, Double>> layerWeights = new LinkedHashMap<>();
        result.path("layer_weights")
                .fields()
                .forEachRemaining(e -> layerWeights.put(e.getKey(), weights(e.getValue())));
        JsonNode settings = run.path("settings");
        new WeightBars(output.out(), output.style())
                .print(
                        weights(result.path("weights")),
                        layerWeights,
                        Math.max(
                                Math.abs(settings.path("lower").asDouble()),
                                Math.abs(settings.path("upper").asDouble())));
        output.out().println();
        output.out().println("The result is at %s/result".formatted(address));
        output.out().flush();
    }

    private static Map<String, Double> weights(JsonNode node) {
        Map<String, Double> weights = new LinkedHashMap<>();
        node.fields().forEachRemaining(e -> weights.put(e.getKey(), e.getValue().asDouble()));
        return weights;
    }

    private static List<ControlsTable.Row> rows(JsonNode result) {
        List<ControlsTable.Row> rows = new ArrayList<>();
        row("Composed", result.path("composed")).ifPresent(rows::add);
        JsonNode single = result.path("best_single");
        row("Best single: " + single.path("name").asText(), single).ifPresent(rows::add);
        row("Uniform mix", result.path("uniform")).ifPresent(rows::add);
        row("Base model", result.path("base")).ifPresent(rows::add);
        return rows;
    }

    private static Optional<ControlsTable.Row> row(String label, JsonNode control) {
        if (control.isMissingNode()) return Optional.empty();
        JsonNode share = control.path("held_out");
        Optional<Accuracy> heldOut = share.isObject()
                ? Optional.of(new Accuracy(
                        share.path("exact_match").asDouble(),
                        share.path("accuracy").asDouble(),
                        share.path("low").asDouble(),
                        share.path("high").asDouble(),
                        share.path("count").asInt(),
                        new NearMisses(
                                share.path("all_but_end").asDouble(),
                                share.path("all_but_case").asDouble())))
                : Optional.empty();
        return Optional.of(new ControlsTable.Row(
                label,
                control.path("loss").asDouble(),
                control.path("objective").asDouble(),
                heldOut));
    }
}
