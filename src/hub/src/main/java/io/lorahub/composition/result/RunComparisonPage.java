package io.lorahub.composition.result;

import io.lorahub.composition.CompositionRun;
import io.lorahub.composition.RunCandidate;
import io.lorahub.composition.RunResult;
import io.lorahub.composition.RunResults;
import io.lorahub.composition.RunRights;
import io.lorahub.composition.WeightBar;
import io.lorahub.composition.live.RunProgress;
import io.lorahub.composition.live.RunsPage;
import io.lorahub.engine.learning.LearnedMix;
import io.lorahub.web.ProblemException;
import io.quarkus.qute.CheckedTemplate;
import io.quarkus.qute.TemplateInstance;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.stream.Stream;

/** Two runs that the viewer may see, side by side. */
@Path("/runs/compare")
@Produces(MediaType.TEXT_HTML)
public class RunComparisonPage {

    private final RunRights rights;
    private final RunResults results;
    private final RunsPage list;

    RunComparisonPage(RunRights rights, RunResults results, RunsPage list) {
        this.rights = rights;
        this.results = results;
        this.list = list;
    }

    /** Two runs side by side: results compared with the controls, the weights found, and the settings that differ. */
    record Comparison(
            CompositionRun left,
            CompositionRun right,
            List<Line> settings,
            List<Tried> controls,
            List<Weight> weights) {

        /** @param result null until the run has succeeded */
        record Side(CompositionRun run, RunResult result) {

            RunResult.Tried tried(Function<RunResult, RunResult.Tried> which) {
                return result == null ? null : which.apply(result);
            }
        }

        /** The mix or a control in both runs; null for a run without a result. */
        record Tried(String what, RunResult.Tried left, RunResult.Tried right) {}

        /** One property of both runs, as text. */
        record Line(String what, String left, String right) {

            public boolean isSame() {
                return Objects.equals(left, right);
            }
        }

        /**
         * The weight of an adapter in both runs; null if it was not a candidate.
         *
         * @param group the layer group; empty for a weight in all layers
         */
        record Weight(RunCandidate candidate, String group, Double left, Double right) {

            private String key() {
                return LearnedMix.named(candidate.address(), group);
            }
        }

        static Comparison of(Side first, Side second) {
            CompositionRun left = first.run;
            CompositionRun right = second.run;
            List<Line> lines = new ArrayList<>();
            lines.add(line("Base model", left.baseModel.name, right.baseModel.name));
            lines.add(line("Examples", examples(left), examples(right)));
            lines.add(line("Candidates", left.candidates.size(), right.candidates.size()));
            lines.add(line("Budget", left.spec.budget(), right.spec.budget()));
            lines.add(line("Strategy", left.spec.strategy(), right.spec.strategy()));
            lines.add(line("Patience", patience(left), patience(right)));
            lines.add(line("Mean at the end", average(left), average(right)));
            lines.add(line("Points at once", population(left), population(right)));
            lines.add(line("Layer groups", left.spec.groups(), right.spec.groups()));
            lines.add(line("Composition", left.spec.composition(), right.spec.composition()));
            lines.add(line("Objective", left.spec.objective(), right.spec.objective()));
            lines.add(line("Bounds", bounds(left), bounds(right)));
            lines.add(line("Preference for few", left.spec.l1(), right.spec.l1()));
            lines.add(line("Seed", left.spec.seed(), right.spec.seed()));
            lines.add(line("Precision", left.spec.dtype(), right.spec.dtype()));
            if (left.spec.prompt() != null || right.spec.prompt() != null) {
                lines.add(line("Prompt format", prompt(left), prompt(right)));
            }
            if (left.spec.system() != null || right.spec.system() != null) {
                lines.add(line("System text", system(left), system(right)));
            }
            return new Comparison(left, right, lines, controls(first, second), weights(left, right));
        }

        private static List<Tried> controls(Side left, Side right) {
            if (left.result == null && right.result == null) return List.of();
            Map<String, Function<RunResult, RunResult.Tried>> all = new LinkedHashMap<>();
            all.put("Composed", RunResult::composed);
            all.put("Best single", RunResult::bestSingle);
            all.put("Uniform mix", RunResult::uniform);
            all.put("Base model", RunResult::base);
            return all.entrySet().stream()
                    .map(e -> new Tried(e.getKey(), left.tried(e.getValue()), right.tried(e.getValue())))
                    .toList();
        }

        private static Line line(String what, Object left, Object right) {
            return new Line(what, String.valueOf(left), String.valueOf(right));
        }

        private static String examples(CompositionRun run) {
            return "%d, %d held out"
                    .formatted(run.spec.examples().size(), run.spec.heldOut().size());
        }

        private static String patience(CompositionRun run) {
            return run.spec.patience() == null ? "none" : run.spec.patience().toString();
        }

        private static String average(CompositionRun run) {
            return run.spec.average() == null ? "none" : run.spec.average() + " points";
        }

        private static int population(CompositionRun run) {
            return run.spec.population() == null ? 1 : run.spec.population();
        }

        private static String prompt(CompositionRun run) {
            return run.spec.prompt() == null ? "none" : run.spec.prompt();
        }

        private static String system(CompositionRun run) {
            return run.spec.system() == null ? "none" : run.spec.system();
        }

        private static String bounds(CompositionRun run) {
            return "%s to %s".formatted(run.spec.lower(), run.spec.upper()).replace('-', '−');
        }

        private static List<Weight> weights(CompositionRun left, CompositionRun right) {
            Map<String, Weight> weights = new LinkedHashMap<>();
            weights(left, (candidate, bar) -> new Weight(candidate, bar.group(), bar.weight(), null))
                    .forEach(weight -> weights.put(weight.key(), weight));
            weights(right, (candidate, bar) -> new Weight(candidate, bar.group(), null, bar.weight()))
                    .forEach(weight -> weights.merge(
                            weight.key(),
                            weight,
                            (first, second) -> new Weight(first.candidate, first.group, first.left, second.right)));
            return List.copyOf(weights.values());
        }

        private static Stream<Weight> weights(CompositionRun run, BiFunction<RunCandidate, WeightBar, Weight> weight) {
            return RunProgress.of(run, run.endedAt).weights().stream()
                    .flatMap(adapter -> adapter.bars().stream().map(bar -> weight.apply(adapter.candidate(), bar)));
        }
    }

    @CheckedTemplate
    static class Templates {
        static native TemplateInstance compare(Comparison comparison);

        private Templates() {}
    }

    /** Compares two runs. If a different number was ticked, shows the list again, at the same part, with an error. */
    @GET
    public Response compare(
            @QueryParam("run") List<String> runs,
            @QueryParam("state") Optional<String> state,
            @QueryParam("before") Optional<String> before) {
        if (runs.size() != 2) {
            if (rights.owner().isEmpty()) throw ProblemException.badRequest("Choose two runs to compare.");
            String fault = "Tick two runs to compare; you ticked %s."
                    .formatted(runs.isEmpty() ? "none" : runs.size() == 1 ? "one" : String.valueOf(runs.size()));
            return Response.status(422)
                    .entity(list.show(state, before, runs, fault))
                    .build();
        }
        return Response.ok(Templates.compare(
                        Comparison.of(side(rights.visible(runs.get(0))), side(rights.visible(runs.get(1))))))
                .build();
    }

    private Comparison.Side side(CompositionRun run) {
        return new Comparison.Side(run, run.result == null ? null : results.of(run));
    }
}
