package io.lorahub.engine.optimize;

import io.lorahub.engine.optimize.margin.Margins;
import io.lorahub.engine.optimize.margin.Penalty;
import io.lorahub.engine.optimize.strategy.Strategy;
import io.lorahub.engine.setting.SettingValues;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** A substitute for a model: token margins that are linear in the weights; two true candidates raise some of them. */
public final class SyntheticTask {

    static final int EXAMPLES = 5;
    static final int TOKENS = 40;

    private final double[][] effect;
    private final double[] base = new double[TOKENS];
    private final double penalty;
    private final boolean broken;
    private final SearchSpace space;

    private SyntheticTask(
            int candidates, int budget, long seed, boolean gradients, boolean tokens, boolean broken, Ending ending) {
        this.broken = broken;
        penalty = 0.05;
        Random random = new Random(seed);
        effect = new double[candidates][TOKENS];
        for (int t = 0; t < TOKENS; t++) {
            base[t] = t % 4 == 0 ? -4 : 4;
            for (int i = 0; i < candidates; i++) {
                boolean lifted = t % 4 == 0 && (i == 0 && t % 8 == 0 || i == Math.min(1, candidates - 1) && t % 8 != 0);
                effect[i][t] = lifted ? 8 : -0.8 * Math.abs(random.nextGaussian());
            }
        }
        int[] exampleOfToken = new int[TOKENS];
        for (int t = 0; t < TOKENS; t++) {
            exampleOfToken[t] = t * EXAMPLES / TOKENS;
        }
        space = new SearchSpace(
                candidates,
                ending.in(SettingValues.NONE)
                        .with(SearchSettings.BUDGET, budget)
                        .with(SearchSettings.SEED, seed),
                gradients,
                tokens ? exampleOfToken : null,
                this::regularization,
                () -> null);
    }

    public static SyntheticTask of(int candidates, int budget) {
        return ending(candidates, budget, Ending.DEFAULT);
    }

    public static SyntheticTask ending(int candidates, int budget, Ending ending) {
        return new SyntheticTask(candidates, budget, 7, true, true, false, ending);
    }

    public static SyntheticTask withoutGradients(int candidates, int budget) {
        return new SyntheticTask(candidates, budget, 7, false, true, false, Ending.DEFAULT);
    }

    public static SyntheticTask withoutTokens(int candidates, int budget) {
        return new SyntheticTask(candidates, budget, 7, false, false, false, Ending.DEFAULT);
    }

    /** Every second candidate makes the loss NaN. */
    public static SyntheticTask broken(int candidates, int budget) {
        return new SyntheticTask(candidates, budget, 7, true, true, true, Ending.DEFAULT);
    }

    public SearchSpace space() {
        return space;
    }

    private double regularization(double[] weights) {
        double sum = 0;
        for (double weight : weights) {
            sum += Math.abs(weight);
        }
        return penalty * sum / weights.length;
    }

    public double objective(double[] weights) {
        return answer(EvaluationRequest.of(weights)).objective();
    }

    public Observation answer(EvaluationRequest query) {
        double[] weights = query.weights();
        float[] losses = new float[TOKENS];
        double[] gradient = new Penalty(space).gradient(weights);
        double loss = 0;
        for (int t = 0; t < TOKENS; t++) {
            double margin = base[t];
            for (int i = 0; i < weights.length; i++) {
                margin += effect[i][t] * weights[i];
            }
            boolean spoilt = broken && weights.length > 3 && weights[3] != 0;
            losses[t] = spoilt ? Float.NaN : (float) Margins.loss(margin);
            loss += losses[t] / TOKENS;
            for (int i = 0; i < weights.length; i++) {
                gradient[i] += Margins.slope(margin) * effect[i][t] / TOKENS;
            }
        }
        return new Observation(
                weights,
                loss + regularization(weights),
                loss,
                space.exampleOfToken() == null ? null : losses,
                query.gradient() ? gradient : null,
                query.gradient() && space.exampleOfToken() != null ? exampleGradients(losses) : null);
    }

    private float[][] exampleGradients(float[] losses) {
        float[][] gradients = new float[EXAMPLES][space.dimension()];
        for (int t = 0; t < TOKENS; t++) {
            double slope = Math.exp(-losses[t]) - 1;
            for (int i = 0; i < space.dimension(); i++) {
                gradients[space.exampleOfToken()[t]][i] += (float) (slope * effect[i][t] * EXAMPLES / TOKENS);
            }
        }
        return gradients;
    }

    /** The same answers with the mean of the gradients only, as with many examples. */
    public static Observation withMeanOnly(Observation observation) {
        return new Observation(
                observation.weights(),
                observation.objective(),
                observation.loss(),
                observation.tokenLosses(),
                observation.gradient());
    }

    /** All requests with their answers until the strategy ends. */
    public record Run(List<EvaluationRequest> queries, List<Observation> observations) {

        public int cost() {
            return queries.stream().mapToInt(EvaluationRequest::cost).sum();
        }

        public double best() {
            return observations.stream()
                    .mapToDouble(Observation::objective)
                    .filter(o -> !Double.isNaN(o))
                    .min()
                    .orElseThrow();
        }
    }

    public Run search(String strategy) {
        return search(Strategy.named(strategy).start(space));
    }

    public Run search(Optimizer optimizer) {
        Run run = new Run(new ArrayList<>(), new ArrayList<>());
        for (List<EvaluationRequest> asked = optimizer.ask(); !asked.isEmpty(); asked = optimizer.ask()) {
            List<Observation> answers = asked.stream().map(this::answer).toList();
            run.queries().addAll(asked);
            run.observations().addAll(answers);
            optimizer.tell(answers);
        }
        return run;
    }
}
