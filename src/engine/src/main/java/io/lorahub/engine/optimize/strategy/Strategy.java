package io.lorahub.engine.optimize.strategy;

import io.lorahub.engine.error.EngineException;
import io.lorahub.engine.optimize.BudgetedSearch;
import io.lorahub.engine.optimize.Minimizers;
import io.lorahub.engine.optimize.Optimizer;
import io.lorahub.engine.optimize.SearchSpace;
import io.lorahub.engine.optimize.margin.LayeredSearch;
import io.lorahub.engine.optimize.margin.MarginSearch;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** The search strategies by name. */
public final class Strategy {

    public static final String DEFAULT = "margins";
    private static final String GREEDY = "greedy";

    private static final Map<String, Function<SearchSpace, BudgetedSearch>> STRATEGIES = new LinkedHashMap<>();

    static {
        STRATEGIES.put(DEFAULT, needingTokenLosses(MarginSearch::new));
        STRATEGIES.put("pairs", needingTokenLosses(PairSearch::new));
        STRATEGIES.put(GREEDY, GreedySearch::new);
        STRATEGIES.put("cma-es", space -> LibrarySearch.withoutGradients(space, Minimizers::cmaEs));
        STRATEGIES.put("nelder-mead", space -> LibrarySearch.withoutGradients(space, Minimizers::nelderMead));
        STRATEGIES.put("bobyqa", space -> LibrarySearch.withoutGradients(space, Minimizers::bobyqa));
        STRATEGIES.put("lbfgs", Strategy::lbfgs);
        STRATEGIES.put("random", RandomSearch::new);
    }

    private final Function<SearchSpace, BudgetedSearch> maker;

    private Strategy(Function<SearchSpace, BudgetedSearch> maker) {
        this.maker = maker;
    }

    /**
     * The name of the strategy that searches if none is given.
     *
     * @param tokenLosses whether the objective is a mean of token losses, from which the default strategy learns
     */
    public static String chosen(boolean tokenLosses) {
        return tokenLosses ? DEFAULT : GREEDY;
    }

    public static List<String> names() {
        return List.copyOf(STRATEGIES.keySet());
    }

    /** Whether the strategy only works with an objective that has gradients. */
    public static boolean needsGradients(String name) {
        return "lbfgs".equals(name);
    }

    public static Strategy named(String name) {
        Function<SearchSpace, BudgetedSearch> maker = STRATEGIES.get(name);
        if (maker == null) {
            throw new EngineException(
                    "There is no search strategy \"%s\"; use one of %s.".formatted(name, String.join(", ", names())));
        }
        return new Strategy(maker);
    }

    public Optimizer start(SearchSpace space) {
        return start(space, 1);
    }

    /**
     * Starts a search for one weight per candidate and group of layers.
     *
     * @param space  of the candidates
     * @param groups number of groups; requests have the weights of the first candidate's groups first
     */
    public Optimizer start(SearchSpace space, int groups) {
        if (groups > 1 && !space.gradients()) {
            throw new EngineException("Weights per layer group need the objective loss, whose gradients they follow.");
        }
        Function<SearchSpace, Optimizer> search =
                groups == 1 ? maker::apply : shared -> new LayeredSearch(shared, groups, maker);
        Optional<Integer> average = space.ending().average();
        return average.isPresent() ? new AveragedSearch(space, average.get(), search) : search.apply(space);
    }

    /** Replaces the strategy by one that needs no token losses if the objective has none. */
    private static Function<SearchSpace, BudgetedSearch> needingTokenLosses(
            Function<SearchSpace, BudgetedSearch> maker) {
        return space -> space.exampleOfToken() == null ? new GreedySearch(space) : maker.apply(space);
    }

    private static BudgetedSearch lbfgs(SearchSpace space) {
        if (!space.gradients()) {
            throw new EngineException("The strategy \"lbfgs\" needs gradients, which this objective does not have.");
        }
        return LibrarySearch.withGradients(space, Minimizers::lbfgs);
    }
}
