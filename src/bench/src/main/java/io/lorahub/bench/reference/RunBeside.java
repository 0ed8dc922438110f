package io.lorahub.bench.reference;

import io.lorahub.bench.engine.RandomMixes;
import io.lorahub.bench.engine.TokenExamples;
import io.lorahub.bench.report.Samples;
import io.lorahub.bench.report.Seconds;
import io.lorahub.engine.lora.LoraAdapter;
import io.lorahub.engine.model.AdapterBank;
import io.lorahub.engine.model.ComposedWeights;
import io.lorahub.engine.model.LanguageModel;
import io.lorahub.engine.model.format.Examples;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** The evaluations of a run, with the model that texts are generated with at the same time, as in a worker. */
final class RunBeside implements AutoCloseable {

    private static final int ALONE = 5;

    private final LanguageModel model;
    private final AdapterBank bank;
    private final Examples examples;
    private final double[] mix;

    /** @param tokens of each example's input */
    RunBeside(LanguageModel model, List<LoraAdapter> candidates, int tokens) {
        this.model = model;
        bank = model.bank(candidates, ComposedWeights.EXACT);
        TokenExamples random = TokenExamples.ofLength(model.config().vocabulary(), tokens);
        examples = model.examples(random.inputs(), random.labels());
        mix = RandomMixes.dense(candidates.size(), 1);
    }

    private double evaluation() {
        return Seconds.of(() -> model.tokenLosses(bank, examples, List.of(mix)));
    }

    /** Seconds of an evaluation while nothing else is computed. */
    Samples alone() {
        evaluation();
        return Samples.of(Stream.generate(this::evaluation).limit(ALONE).toList());
    }

    /**
     * What some work returned, and how long evaluations took meanwhile.
     *
     * @param evaluation in seconds; the last one may have ended a little later than the work
     */
    record Meanwhile<T>(T result, Samples evaluation) {}

    <T> Meanwhile<T> during(Supplier<T> work) {
        CompletableFuture<T> result = CompletableFuture.supplyAsync(work);
        List<Double> seconds = new ArrayList<>();
        do seconds.add(evaluation());
        while (!result.isDone());
        return new Meanwhile<>(result.join(), Samples.of(seconds));
    }

    @Override
    public void close() {
        examples.close();
        bank.close();
    }
}
