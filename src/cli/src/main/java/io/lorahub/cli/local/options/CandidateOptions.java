package io.lorahub.cli.local.options;

import io.lorahub.cli.terminal.TextLines;
import io.lorahub.cli.terminal.UsageErrors;
import io.lorahub.demo.DemoHub;
import io.lorahub.engine.error.EngineException;
import io.lorahub.engine.learning.LearningSession;
import io.lorahub.engine.learning.export.BaseModelName;
import io.lorahub.engine.lora.LoraAdapter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The adapters to choose from. */
public final class CandidateOptions {

    /** What to do without any candidate. */
    public static final String MISSING =
            "Give adapters with --adapters PATH (one adapter, or a folder of them), or use --demo TASK.";

    private static final int SHOWN = 3;

    @Option(
            names = "--adapters",
            paramLabel = "PATH",
            description = "A folder of adapters, or one adapter (a folder or a zip). Can be repeated.")
    private List<Path> sources = List.of();

    @Spec(Spec.Target.MIXEE)
    private CommandSpec command;

    public boolean given() {
        return !sources.isEmpty();
    }

    /** By name, in the order of the command line; those of a folder by their names. */
    public Map<String, Path> paths() {
        return paths(sources);
    }

    /** All of them, including those that share a name. */
    public List<Path> places() {
        return sources.stream()
                .flatMap(place -> isAdapter(place) ? Stream.of(place) : LoraAdapter.list(place).stream())
                .toList();
    }

    public Map<String, Path> paths(List<Path> places) {
        Map<String, Path> byName = new LinkedHashMap<>();
        for (Path place : places) {
            for (Path path : isAdapter(place) ? List.of(place) : LoraAdapter.list(place)) {
                Path other = byName.putIfAbsent(LoraAdapter.nameOf(path), path);
                if (other != null && !isSame(other, path)) {
                    throw UsageErrors.wrong(
                            command,
                            "Two adapters are named %s: %s and %s; rename one of the folders."
                                    .formatted(LoraAdapter.nameOf(path), other, path));
                }
            }
        }
        return byName;
    }

    /** An adapter may be given both by itself and with its folder. */
    private static boolean isSame(Path one, Path other) {
        try {
            return Files.isSameFile(one, other);
        } catch (IOException e) {
            return false; // an unreadable adapter is reported when it is opened
        }
    }

    private static boolean isAdapter(Path place) {
        if (!Files.exists(place))
            throw new EngineException("%s doesn't exist, so there are no adapters in it.".formatted(place));
        return Files.isRegularFile(place)
                || Files.exists(place.resolve("adapter_config.json"))
                || Files.exists(place.resolve("adapter_model.safetensors"))
                || Files.exists(place.resolve("adapter_model.bin"));
    }

    /**
     * The candidates in one line, because a folder may contain more than the user expects.
     *
     * @param base as it was given; empty for the demo's, or the one that the adapters name
     * @param demo what to call the demo, if the candidates are from one
     */
    public String summary(LearningSession session, Optional<String> base, String demo) {
        int count = session.adapters().size();
        return "%s from %s, base model %s"
                .formatted(TextLines.count(count, "candidate"), from(demo), base.orElseGet(() -> named(session)))
                .replaceAll("\\p{Cntrl}", "");
    }

    private String from(String demo) {
        if (sources.isEmpty()) return demo;
        String more = sources.size() > SHOWN ? " and %d more".formatted(sources.size() - SHOWN) : "";
        return sources.stream().limit(SHOWN).map(Path::toString).collect(Collectors.joining(", ")) + more;
    }

    private static String named(LearningSession session) {
        Path demo = DemoHub.open().base();
        return session.base().folder().equals(demo) ? DemoHub.BASE_MODEL : BaseModelName.named(session.adapters());
    }
}
