package io.lorahub.engine.optimize;

import io.lorahub.engine.optimize.Ending.Pruning;
import io.lorahub.engine.setting.SearchSetting;
import java.util.List;

/** The settings that a strategy reads; the search in a model has more of them. */
public final class SearchSettings {

    /** More points than this at once would leave nothing for the search to learn from in any usual budget. */
    public static final int MOST_AT_ONCE = 64;

    public static final SearchSetting<Integer> BUDGET = SearchSetting.whole("budget")
            .usual(40)
            .must(budget -> budget >= 1, "The budget must be at least one evaluation, but is %s.")
            .help(
                    "Evaluations that the search can spend. A point (a set of weights) costs one, with its gradient three."
                            + " By default 40.")
            .option(
                    "--budget",
                    "N",
                    "Evaluations that the search can spend: one for a point (a set of weights),"
                            + " three if it takes its gradient (default 40).")
            .field("Budget")
            .line("Budget")
            .build();

    public static final SearchSetting<Long> SEED = SearchSetting.wholeLong("seed")
            .usual(42L)
            .help("Seed of all random choices.")
            .option("--seed", "N", "Seed of all random choices (default 42).")
            .field("Seed", "The same seed gives the same weights.")
            .line("Seed")
            .build();

    public static final SearchSetting<Double> LOWER = SearchSetting.decimal("lower")
            .usual(-1.5)
            .must(
                    (lower, all) -> Double.isFinite(lower)
                            && Double.isFinite(all.get(SearchSettings.UPPER))
                            && lower < all.get(SearchSettings.UPPER),
                    (lower, all) -> "The lower bound %s must be below the upper bound %s."
                            .formatted(lower, all.get(SearchSettings.UPPER)))
            .must(
                    (lower, all) -> lower <= 0 && all.get(SearchSettings.UPPER) >= 0,
                    (lower, all) -> "The bounds must include 0, where the search starts, but are %s to %s."
                            .formatted(lower, all.get(SearchSettings.UPPER)))
            .help("Smallest weight.")
            .option("--lower", "W", "Smallest weight (default -1.5).")
            .field("Smallest weight", "A negative weight takes a skill away.")
            .line("Bounds")
            .build();

    public static final SearchSetting<Double> UPPER = SearchSetting.decimal("upper")
            .usual(1.5)
            .help("Largest weight.")
            .option("--upper", "W", "Largest weight (default 1.5).")
            .field("Largest weight", "1 is the adapter as it was trained.")
            .build();

    public static final SearchSetting<Integer> PATIENCE = SearchSetting.whole("patience")
            .example(20)
            .must(
                    evaluations -> evaluations >= 1,
                    "The patience must be at least one evaluation, but is %s.",
                    "The patience is at least 1 evaluation; leave it empty for none.")
            .help("Ends the search after this many evaluations without a gain. By default it never ends before its"
                    + " budget.")
            .option(
                    "--patience",
                    "N",
                    "End the search when N evaluations have lowered the objective by less than 1 %%."
                            + " Default: never before its budget.")
            .field("Patience", "Ends the search after this many evaluations that lower the objective by less than 1 %.")
            .line("Patience")
            .build();

    public static final SearchSetting<Pruning> PRUNING = SearchSetting.choice("pruning", Pruning.class)
            .usual(Pruning.LASSO)
            .help("How to leave out weights that do nothing.")
            .option(
                    "--pruning",
                    "RULE",
                    "How to leave out weights that do nothing, one of ${COMPLETION-CANDIDATES}: elimination leaves"
                            + " out more, so that the adapter has a lower rank, and can cost a little accuracy (default lasso).")
            .build();

    public static final SearchSetting<Integer> AVERAGE = SearchSetting.whole("average")
            .example(3)
            .must(
                    points -> points >= 2,
                    "A mean needs at least two points, but the number is %s.",
                    "A mean needs at least 2 points; leave it empty for none.")
            .help("Ends the search with the mean of this many of its best points, if it is nearly as good on the"
                    + " examples. By default there is no mean.")
            .option(
                    "--average",
                    "N",
                    "End the search with the mean of its best N points, if it is nearly as good on the examples."
                            + " Default: no mean.")
            .field(
                    "Mean of the best points",
                    "Ends the search with the mean of this many points, if it is nearly as good on the examples.")
            .line("Mean at the end", "none", "%s points")
            .build();

    /** What it goes together with is declared in the learning's settings. */
    public static final SearchSetting<Integer> POPULATION = SearchSetting.whole("population")
            .example(4)
            .must(
                    points -> points >= 1 && points <= MOST_AT_ONCE,
                    "The population must be 1 to %d points, but is %%s.".formatted(MOST_AT_ONCE),
                    "The search can propose 1 to %d points at once; leave it empty for 1.".formatted(MOST_AT_ONCE))
            .help("Number of points that the search proposes at once, 1 to 64, for workers with a GPU. By default 1."
                    + " Needs the default strategy and the objective loss.")
            .option(
                    "--population",
                    "N",
                    "Number of points that the search proposes at once, before their results are known: saves time on"
                            + " a GPU, and costs accuracy (default 1).")
            .field(
                    "Points at once",
                    "Proposes so many points before their results are known. Meant for a worker with a GPU; costs"
                            + " accuracy; needs the default strategy and the loss.")
            .line("Points at once", "1", "%s")
            .build();

    public static final List<SearchSetting<?>> ALL =
            List.of(BUDGET, SEED, LOWER, UPPER, PATIENCE, PRUNING, AVERAGE, POPULATION);

    private SearchSettings() {}
}
