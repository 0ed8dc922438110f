package io.lorahub.cli;

import io.lorahub.engine.learning.Session;
import io.lorahub.engine.lora.Adapter;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import picocli.CommandLine.Model.CommandSpec;

/** Opens what the options name. */
final class Sessions {

    static final String NO_ADAPTERS =
            "Give the adapters as --adapters PATH (a folder of adapters, or one), or a --demo TASK.";

    private Sessions() {}

    /** Places of the adapters by name. */
    static Map<String, Path> candidates(CandidateOptions candidates, DemoOptions demo, CommandSpec command) {
        if (candidates.given()) return candidates.paths();
        return demo.hub()
                .map(hub -> candidates.paths(List.of(hub.adaptersFolder())))
                .orElseThrow(() -> Usage.wrong(command, NO_ADAPTERS));
    }

    /** The base model without any adapter. */
    static Session alone(ModelOptions model, DemoOptions demo, PrintWriter err) {
        try (SlowWork work = new SlowWork(err)) {
            work.at("loading the base model");
            return Session.alone(base(model, demo, List.of()), model.compute());
        }
    }

    private static Path base(ModelOptions model, DemoOptions demo, List<Adapter> adapters) {
        return model.base().isEmpty() && demo.hub().isPresent()
                ? demo.hub().get().base()
                : BaseModels.locate(model.base(), adapters);
    }

    static Session open(ModelOptions model, DemoOptions demo, Map<String, Path> paths, PrintWriter err) {
        try (SlowWork work = new SlowWork(err)) {
            return open(model, demo, paths, work);
        }
    }

    static Session open(ModelOptions model, DemoOptions demo, Map<String, Path> paths, SlowWork work) {
        List<Adapter> adapters = load(paths, work::at);
        work.at("loading the base model");
        Path base;
        try {
            base = base(model, demo, adapters);
        } catch (RuntimeException e) {
            adapters.forEach(Adapter::close);
            throw e;
        }
        return Session.open(base, adapters, model.composition(), model.compute());
    }

    static List<Adapter> load(Map<String, Path> paths, Consumer<String> progress) {
        List<Adapter> adapters = new ArrayList<>();
        try {
            paths.forEach((name, path) -> {
                progress.accept("loading adapter %d of %d, %s".formatted(adapters.size() + 1, paths.size(), name));
                adapters.add(Adapter.load(name, path));
            });
            return adapters;
        } catch (RuntimeException e) {
            adapters.forEach(Adapter::close);
            throw e;
        }
    }
}
