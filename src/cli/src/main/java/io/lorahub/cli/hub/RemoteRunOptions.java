package io.lorahub.cli.hub;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lorahub.cli.terminal.UsageErrors;
import io.lorahub.engine.learning.Example;
import io.lorahub.engine.learning.LearningSettings;
import io.lorahub.engine.model.Precision;
import io.lorahub.engine.names.EnumNames;
import io.lorahub.engine.prompt.PromptChoice;
import io.lorahub.engine.setting.SearchSetting;
import io.lorahub.engine.setting.SettingValues;
import io.lorahub.remote.HubClient;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Composing on a hub instead of here. */
public final class RemoteRunOptions {

    @Option(names = "--remote", description = "Compose on a hub, with its adapters; run lorahub login first.")
    private boolean asked;

    @Option(
            names = "--candidate",
            paramLabel = "NAME",
            description =
                    "With --remote: an adapter of the hub, such as demo/un or demo/un@1.0.0." + " Can be repeated.")
    private List<String> candidates = List.of();

    @Option(
            names = "--title",
            paramLabel = "TEXT",
            description = "With --remote: the run's title. Default: the demo task, or one from the first example.")
    private Optional<String> title;

    @Mixin
    private HubOptions hub;

    @Spec(Spec.Target.MIXEE)
    private CommandSpec command;

    public boolean asked() {
        return asked;
    }

    /** Refuses options that only work on a hub. */
    public void requireNone() {
        List<String> given = given("--candidate", "--title", "--server");
        if (!given.isEmpty()) {
            throw UsageErrors.wrong(command, "%s only works with --remote.".formatted(given.get(0)));
        }
    }

    public void requireNothingLocal() {
        List<String> given = given(
                "--adapters",
                "--rank",
                "--max-error",
                "--lossless",
                "--batch-size",
                "--fused",
                "--overwrite",
                "--log",
                "--resume",
                "--objective-command",
                "--options",
                "--predictions",
                "--pruning",
                "--device",
                "--threads");
        if (!given.isEmpty()) {
            throw UsageErrors.wrong(
                    command,
                    "With --remote the candidates are adapters of the hub (--candidate), and the hub computes; leave out %s."
                            .formatted(String.join(", ", given)));
        }
    }

    private List<String> given(String... options) {
        return Stream.of(options)
                .filter(command.commandLine().getParseResult()::hasMatchedOption)
                .toList();
    }

    public HubClient client() {
        return hub.client();
    }

    /** The run as the API takes it. */
    public ObjectNode request(
            Optional<String> task,
            List<Example> examples,
            List<Example> heldOut,
            LearningSettings settings,
            Optional<String> baseModel,
            Optional<Precision> dtype,
            int maxNewTokens,
            PromptChoice prompt) {
        ObjectNode run = JsonNodeFactory.instance.objectNode();
        title.or(() -> task).ifPresent(text -> run.put("title", text));
        baseModel.ifPresent(base -> run.put("base_model", base));
        ArrayNode names = run.putArray("candidates");
        candidates.forEach(names::add);
        fill(run.putArray("examples"), examples);
        fill(run.putArray("held_out"), heldOut);
        LearningSettings.ALL.stream()
                .filter(setting -> setting.field().isPresent())
                .forEach(setting -> put(run, setting, settings.values()));
        dtype.ifPresent(type -> run.put("dtype", EnumNames.of(type)));
        run.put("max_new_tokens", maxNewTokens);
        prompt.format().ifPresent(format -> run.put("prompt", format));
        prompt.system().ifPresent(system -> run.put("system", system));
        return run;
    }

    /** A default that a hub can be too old to know is left out. */
    private static <T> void put(ObjectNode run, SearchSetting<T> setting, SettingValues values) {
        values.find(setting)
                .filter(value ->
                        setting.unwritten().isEmpty() || !setting.usual().equals(Optional.of(value)))
                .ifPresent(value -> run.set(setting.name(), setting.json(value)));
    }

    private static void fill(ArrayNode array, List<Example> examples) {
        examples.forEach(e -> array.addObject().put("input", e.input()).put("output", e.output()));
    }
}
