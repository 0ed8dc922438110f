package io.lorahub.cli.local;

import io.lorahub.cli.local.options.CandidateOptions;
import io.lorahub.cli.local.options.DemoOptions;
import io.lorahub.cli.local.options.ModelOptions;
import io.lorahub.cli.terminal.SlowWork;
import io.lorahub.cli.terminal.UsageErrors;
import io.lorahub.engine.learning.LearningSession;
import io.lorahub.engine.lora.LoraAdapter;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import picocli.CommandLine.Model.CommandSpec;

/** Opens the base model and the adapters that the options name. */
final class ModelSessions {

    private ModelSessions() {}

    /** Paths of the adapters by name. */
    static Map<String, Path> candidates(CandidateOptions candidates, DemoOptions demo, CommandSpec command) {
        if (candidates.given()) return candidates.paths();
        return demo.hub()
                .map(hub -> candidates.paths(List.of(hub.adaptersFolder())))
                .orElseThrow(() -> UsageErrors.wrong(command, CandidateOptions.MISSING));
    }

    /** The base model without any adapter. */
    static LearningSession alone(ModelOptions model, DemoOptions demo, PrintWriter err) {
        try (SlowWork work = new SlowWork(err)) {
            work.at("loading the base model");
            return LearningSession.alone(base(model, demo, List.of()), model.compute(), demo.prompt(model));
        }
    }

    private static Path base(ModelOptions model, DemoOptions demo, List<LoraAdapter> adapters) {
        return model.base().isEmpty() && demo.hub().isPresent()
                ? demo.hub().get().base()
                : BaseModelResolver.locate(model.base(), adapters);
    }

    static LearningSession open(ModelOptions model, DemoOptions demo, Map<String, Path> paths, PrintWriter err) {
        try (SlowWork work = new SlowWork(err)) {
            return open(model, demo, paths, work);
        }
    }

    static LearningSession open(ModelOptions model, DemoOptions demo, Map<String, Path> paths, SlowWork work) {
        List<LoraAdapter> adapters = load(paths, work::at);
        return LearningSession.open(
                loadedBase(model, demo, adapters, work),
                adapters,
                model.composition(),
                model.compute(),
                demo.prompt(model));
    }

    static LearningSession openToMerge(ModelOptions model, DemoOptions demo, Map<String, Path> paths, PrintWriter err) {
        try (SlowWork work = new SlowWork(err)) {
            List<LoraAdapter> adapters = load(paths, work::at);
            return LearningSession.openToMerge(
                    loadedBase(model, demo, adapters, work),
                    adapters,
                    model.composition(),
                    model.compute(),
                    demo.prompt(model));
        }
    }

    private static Path loadedBase(ModelOptions model, DemoOptions demo, List<LoraAdapter> adapters, SlowWork work) {
        work.at("loading the base model");
        try {
            return base(model, demo, adapters);
        } catch (RuntimeException e) {
            adapters.forEach(LoraAdapter::close);
            throw e;
        }
    }

    static List<LoraAdapter> load(Map<String, Path> paths, Consumer<String> progress) {
        List<LoraAdapter> adapters = new ArrayList<>();
        try {
            paths.forEach((name, path) -> {
                progress.accept("loading adapter %d of %d, %s".formatted(adapters.size() + 1, paths.size(), name));
                adapters.add(LoraAdapter.load(name, path));
            });
            return adapters;
        } catch (RuntimeException e) {
            adapters.forEach(LoraAdapter::close);
            throw e;
        }
    }
}
