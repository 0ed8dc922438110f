package io.lorahub.bench.study;

import io.lorahub.engine.learning.Example;
import io.lorahub.engine.learning.ExampleSet;
import io.lorahub.engine.learning.LearnedMix;
import io.lorahub.engine.learning.LearningRun;
import io.lorahub.engine.learning.LearningSession;
import io.lorahub.engine.learning.LearningSettings;
import io.lorahub.engine.learning.PlausibleMixes;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * The search with as many further examples as it had, taken from half of the held-out ones: at random, or those on which the
 * mixes disagree most that the first search found plausible. All rows are tested on the other half.
 */
final class FurtherExamples implements StudyMethod {

    private static final String NONE = "margins, half of the inputs";
    private static final String RANDOM = "margins, further examples at random";
    private static final String DISAGREED = "margins, further examples by disagreement";

    private static final int MAX_NEW_TOKENS = 32;

    @Override
    public List<String> rows() {
        return List.of(NONE, RANDOM, DISAGREED);
    }

    @Override
    public List<Reached> reached(StudyCase given) {
        List<Example> few = given.fewShot().examples();
        List<Example> pool = half(given.heldOut(), 0).stream()
                .filter(example -> !few.contains(example))
                .toList();
        StudyCase tested = given.testedOn(half(given.heldOut(), 1));
        LearnedMix first = learned(given, given.fewShot());
        List<Example> random = new ArrayList<>(pool);
        Collections.shuffle(random, new Random(given.draw()));
        return List.of(
                tested.reached(NONE, first.vector(), first.evaluations(), 0),
                with(RANDOM, tested, random),
                with(DISAGREED, tested, byDisagreement(given.session(), first, pool)));
    }

    private static List<Example> half(List<Example> all, int which) {
        return IntStream.range(0, all.size())
                .filter(i -> i % 2 == which)
                .mapToObj(all::get)
                .toList();
    }

    private static LearnedMix learned(StudyCase given, ExampleSet examples) {
        LearningSettings settings = LearningSettings.DEFAULT.withBudget(given.budget());
        return new LearningRun(given.session(), examples, settings).run();
    }

    private static List<Example> byDisagreement(LearningSession session, LearnedMix first, List<Example> pool) {
        List<String> inputs = pool.stream().map(Example::input).toList();
        List<List<String>> predictions = PlausibleMixes.of(first.vector(), first.history()).stream()
                .map(mix -> session.generation().predict(inputs, mix, MAX_NEW_TOKENS))
                .toList();
        return PlausibleMixes.ranked(predictions).stream()
                .map(texts -> pool.get(texts.input()))
                .toList();
    }

    private static Reached with(String row, StudyCase tested, List<Example> order) {
        List<Example> few = tested.fewShot().examples();
        List<Example> all =
                Stream.concat(few.stream(), order.stream().limit(few.size())).toList();
        long start = System.nanoTime();
        LearnedMix mix = learned(tested, tested.session().encode(all));
        return tested.reached(row, mix.vector(), mix.evaluations(), (System.nanoTime() - start) / 1e9);
    }
}
