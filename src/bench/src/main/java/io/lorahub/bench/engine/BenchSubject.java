package io.lorahub.bench.engine;

import io.lorahub.bench.report.BenchProgress;
import io.lorahub.demo.DemoHub;
import io.lorahub.engine.error.EngineException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** A base model with candidates to measure. */
public record BenchSubject(String name, Path base, Path adapters) {

    public static final String DEMO = "demo";

    public boolean isDecoderOnly() {
        return !name.equals(DEMO) && ModelShape.named(name).isDecoderOnly();
    }

    static List<String> names() {
        List<String> names = new ArrayList<>(List.of(DEMO));
        Arrays.stream(ModelShape.values()).map(ModelShape::word).forEach(names::add);
        return names;
    }

    /** Creates missing random models with candidates of rank 16 on queries and values. */
    public static BenchSubject prepare(String name, BenchProgress progress) {
        return prepare(name, false, RandomModel.RANK, progress);
    }

    /**
     * Creates missing random models.
     *
     * @param allLinear whether their candidates change all linear modules, not only queries and values
     * @param rank      of their candidates
     */
    static BenchSubject prepare(String name, boolean allLinear, int rank, BenchProgress progress) {
        if (!names().contains(name)) {
            throw new EngineException(
                    "There is no shape \"%s\"; use one of %s.".formatted(name, String.join(", ", names())));
        }
        if (name.equals(DEMO)) {
            DemoHub hub = DemoHub.open();
            return new BenchSubject(name, hub.base(), hub.adaptersFolder());
        }
        RandomModel model =
                RandomModel.of(ModelShape.named(name), allLinear, rank).prepare(progress);
        return new BenchSubject(name, model.base(), model.adapters());
    }
}
