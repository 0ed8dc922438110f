package io.lorahub.engine.learning;

import io.lorahub.engine.error.EngineException;
import io.lorahub.engine.fingerprint.InnerProducts;
import io.lorahub.engine.model.LayerGroups;
import io.lorahub.engine.model.LossGradient;
import io.lorahub.engine.optimize.EvaluationRequest;
import io.lorahub.engine.optimize.Observation;
import io.lorahub.engine.optimize.Optimizer;
import io.lorahub.engine.optimize.SearchSpace;
import io.lorahub.engine.optimize.strategy.Strategy;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.CancellationException;
import java.util.stream.IntStream;

/**
 * LoraHub learning (Huang et al., arXiv 2307.13269): asks a search strategy for weights, scores them on the few-shot
 * examples and reports the results to the strategy, until the budget is spent.
 */
public final class LearningRun {

    private final LearningSession session;
    private final ExampleSet examples;
    private final LearningSettings settings;
    private final Objective objective;
    private final Regularization regularization;
    private final List<RunListener> listeners = new ArrayList<>();
    private final List<EvaluationRecord> recorded = new ArrayList<>();
    private ReusedLosses reused = ReusedLosses.NONE;
    private volatile boolean stopped;
    private volatile boolean finishing;

    private final List<EvaluationRecord> history = new ArrayList<>();
    private volatile EvaluationRecord best;
    private int spent;
    private double seconds;
    private boolean settled;

    public LearningRun(LearningSession session, ExampleSet examples, LearningSettings settings) {
        this(
                session,
                examples,
                settings,
                Objectives.named(settings.objective(), settings.batchSize()),
                Regularization.l1(settings.l1()));
    }

    /** Uses a custom objective and regularisation instead of those in the settings. */
    public LearningRun(
            LearningSession session,
            ExampleSet examples,
            LearningSettings settings,
            Objective objective,
            Regularization regularization) {
        this.session = session;
        this.examples = examples;
        LearningSettings chosen = settings.chosenFor(session.candidates().size());
        // an objective of the caller's has no gradients, whatever the settings call it
        this.settings = objective.isMeanTokenLoss() ? chosen : chosen.withLayers(LayerGroups.NONE);
        this.objective = objective;
        this.regularization = regularization;
        if (settings.refineSteps().isPresent())
            session.requireMemoryToTrain(examples); // before the search, not after it
    }

    /** The settings with what was left to choose, as a recipe needs them to repeat the run. */
    public LearningSettings settings() {
        return settings;
    }

    public void listen(RunListener listener) {
        listeners.add(listener);
    }

    /**
     * Reuses the evaluations of an earlier run with the same settings: the search receives them without computing them
     * again.
     */
    public void replay(List<EvaluationRecord> earlier) {
        recorded.addAll(earlier);
    }

    /**
     * Reuses the evaluations of another run with the same candidates, examples, composition and objective. If the
     * search asks for the same weights, their losses are reused. They are still charged to the budget.
     *
     * @param theirL1 strength of the other run's regularisation
     */
    public void reuse(List<EvaluationRecord> others, double theirL1) {
        reused = new ReusedLosses(others, Regularization.l1(theirL1));
    }

    /**
     * Makes {@link #run()} return its current result after the evaluation in progress. With many examples, that
     * evaluation ends early. Can be called by any thread.
     */
    public void stop() {
        stopped = true;
    }

    /**
     * The same, but not before all evaluations of {@link #replay} have been used, and at least one evaluation has been made.
     */
    public void finish() {
        finishing = true;
    }

    private boolean mustStop() {
        return stopped || finishing && best != null && history.size() >= recorded.size();
    }

    /** Whether the run would have a result if it were stopped now. Can be called by any thread. */
    public boolean hasResult() {
        return best != null;
    }

    /** Runs the search. Throws EngineException if the replayed log belongs to another run. */
    public LearnedMix run() {
        session.setGroups(settings.layers());
        EvaluationRecord answer;
        boolean ended = false;
        try (Scorer scorer = session.scorer(examples)) {
            scorer.stopWhen(this::mustStop);
            Optimizer optimizer = Strategy.named(settings.strategy().orElse(Strategy.DEFAULT))
                    .start(space(scorer), settings.layers().size());
            while (!mustStop()) {
                List<EvaluationRequest> queries = optimizer.ask();
                ended = queries.isEmpty();
                if (ended) break;
                List<Observation> observations = answer(scorer, queries);
                if (observations.size() < queries.size()) break;
                optimizer.tell(observations);
            }
            OptionalInt recommended = optimizer.recommended();
            settled = optimizer.hasSettled();
            answer = recommended.isPresent() ? history.get(recommended.getAsInt()) : best;
        }
        if (answer == null) throw new EngineException("The run was stopped before its first point.");
        return learned(answer, mustStop() && !ended);
    }

    /** Returns the best mix so far. Can be called by any thread once {@link #hasResult} is true. */
    public LearnedMix soFar() {
        synchronized (history) {
            return learned(best, true);
        }
    }

    private LearnedMix learned(EvaluationRecord answer, boolean interrupted) {
        LearnedMix.End ended = LearnedMix.End.BUDGET_SPENT;
        if (interrupted) ended = LearnedMix.End.INTERRUPTED;
        else if (settled) ended = LearnedMix.End.SETTLED;
        return LearnedMix.of(session, answer, spent, seconds / spent, ended, List.copyOf(history));
    }

    private SearchSpace space(Scorer scorer) {
        return new SearchSpace(
                session.candidates().size(),
                settings.values(),
                objective.isMeanTokenLoss(),
                objective.isMeanTokenLoss() ? scorer.exampleOfToken() : null,
                regularization::value,
                () -> InnerProducts.of(session.adapters()));
    }

    /** Returns fewer observations than requested if the run is stopped meanwhile. */
    private List<Observation> answer(Scorer scorer, List<EvaluationRequest> queries) {
        List<Observation> observations = new ArrayList<>();
        for (int i = 0; i < queries.size() && !mustStop(); ) {
            int atOnce = objective.readsPredictions()
                    ? 1
                    : queries.get(i).gradient() ? scorer.gradientsAtOnce() : scorer.atOnce();
            // batches must be the same in every run, so that a resumed one computes the same bits
            int to = i + 1;
            while (to < queries.size()
                    && to - i < atOnce
                    && queries.get(i).gradient() == queries.get(to).gradient()
                    && !reused.has(queries.get(i))
                    && !reused.has(queries.get(to))) {
                to++;
            }
            List<EvaluationRecord> records;
            try {
                records = evaluate(scorer, queries.subList(i, to));
            } catch (CancellationException e) {
                if (mustStop()) break;
                throw e;
            }
            records.forEach(r -> observations.add(r.observation()));
            i = to;
        }
        return observations;
    }

    private List<EvaluationRecord> evaluate(Scorer scorer, List<EvaluationRequest> queries) {
        List<EvaluationRecord> records = new ArrayList<>(replayed(queries));
        int known = records.size();
        boolean enough = finishing && known + history.size() > 0;
        if (known < queries.size() && !enough) {
            // known results of the batch are computed again with the rest, because a smaller batch may give other last
            // bits
            List<EvaluationRecord> batch = computed(scorer, queries);
            records.addAll(batch.subList(known, batch.size()));
        }
        records.forEach(this::count);
        if (known < records.size()) {
            listeners.forEach(l -> l.evaluated(records.subList(known, records.size()), best, spent));
        }
        return records;
    }

    private void count(EvaluationRecord record) {
        synchronized (history) {
            history.add(record);
            spent += record.cost();
            seconds += record.seconds();
            if (best == null || Double.isNaN(best.objective()) || record.objective() < best.objective()) {
                best = record;
            }
        }
    }

    /** Returns the logged evaluations for the first of these queries. */
    private List<EvaluationRecord> replayed(List<EvaluationRequest> queries) {
        int from = Math.min(recorded.size(), history.size());
        List<EvaluationRecord> records = recorded.subList(from, Math.min(recorded.size(), from + queries.size()));
        for (int i = 0; i < records.size(); i++) {
            if (!Arrays.equals(records.get(i).weights(), queries.get(i).weights())
                    || records.get(i).cost() != queries.get(i).cost()) {
                throw new ForeignLogException(records.get(i).number());
            }
        }
        return records;
    }

    private List<EvaluationRecord> computed(Scorer scorer, List<EvaluationRequest> queries) {
        if (reused.has(queries.get(0))) {
            return List.of(reused.record(queries.get(0), regularization).at(history.size() + 1, 0));
        }
        long start = System.nanoTime();
        List<EvaluationRecord> records = new ArrayList<>();
        if (queries.get(0).gradient()) {
            List<LossGradient> results = scorer.gradients(
                    queries.stream().map(EvaluationRequest::weights).toList());
            for (int i = 0; i < queries.size(); i++) {
                EvaluationRequest query = queries.get(i);
                LossGradient result = results.get(i);
                records.add(record(scorer, query, result));
            }
        } else {
            List<float[]> losses = scorer.tokenLosses(
                    queries.stream().map(EvaluationRequest::weights).toList());
            for (int i = 0; i < queries.size(); i++) {
                records.add(record(scorer, queries.get(i), new LossGradient(losses.get(i), null, null)));
            }
        }
        double each = (System.nanoTime() - start) / 1e9 / queries.size();
        return IntStream.range(0, records.size())
                .mapToObj(i -> records.get(i).at(history.size() + 1 + i, each))
                .toList();
    }

    /** @param result without gradients if they were not requested */
    private EvaluationRecord record(Scorer scorer, EvaluationRequest query, LossGradient result) {
        float[] tokenLosses = result.tokenLosses();
        List<LearningOutcome> outcomes = scorer.outcomes(query.weights(), tokenLosses, objective.readsPredictions());
        double loss = objective.value(outcomes);
        return new EvaluationRecord(
                0,
                query.cost(),
                new Observation(
                        query.weights(),
                        loss + regularization.value(query.weights()),
                        loss,
                        objective.isMeanTokenLoss() ? tokenLosses : null,
                        result.gradient() == null ? null : regularization.add(result.gradient(), query.weights()),
                        result.ofExamples()),
                0);
    }
}
