package io.lorahub.composition.result;

import io.lorahub.adapter.lineage.PartWeights;
import io.lorahub.composition.AdapterWeights;
import io.lorahub.composition.CompositionRun;
import io.lorahub.composition.RunCandidate;
import io.lorahub.composition.RunResult;
import io.lorahub.composition.RunResults;
import io.lorahub.composition.RunRights;
import io.lorahub.composition.RunSettings;
import io.lorahub.composition.live.RunProgress;
import io.lorahub.composition.live.RunsPage;
import io.lorahub.engine.optimize.SearchSettings;
import io.lorahub.engine.setting.SearchSetting;
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
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
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

    /**
     * Two runs side by side: results compared with the controls, the weights found, and the settings that differ.
     *
     * @param weights a row for each adapter, those that add most to one of the mixes first; none if neither run has a mix
     */
    record Comparison(
            CompositionRun left,
            CompositionRun right,
            List<Line> settings,
            List<Tried> controls,
            List<Weight> weights) {

        /**
         * @param result null until the run has succeeded
         * @param mix    weights by address, empty until the run has evaluated a point
         */
        record Side(CompositionRun run, RunResult result, Map<String, AdapterWeights> mix) {

            static Side of(CompositionRun run, RunResult result) {
                Map<String, AdapterWeights> mix = new LinkedHashMap<>();
                RunProgress.of(run, run.endedAt)
                        .weights()
                        .forEach(adapter -> mix.put(adapter.candidate().address(), adapter));
                return new Side(run, result, mix);
            }

            RunResult.Tried tried(Function<RunResult, RunResult.Tried> which) {
                return result == null ? null : which.apply(result);
            }

            private PartWeights weights(String address) {
                AdapterWeights adapter = mix.get(address);
                return adapter == null ? null : adapter.weights();
            }

            private boolean hasCandidate(String address) {
                return run.candidates.stream()
                        .anyMatch(candidate -> candidate.address().equals(address));
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
         * An adapter in both runs.
         *
         * @param left  its weights; null if it wasn't a candidate, and while the run has no mix
         * @param inLeft whether it was a candidate
         */
        record Weight(RunCandidate candidate, PartWeights left, boolean inLeft, PartWeights right, boolean inRight) {

            /** How much it adds to the mix to which it adds more. */
            private double contribution() {
                return Stream.of(left, right)
                        .filter(Objects::nonNull)
                        .mapToDouble(PartWeights::contribution)
                        .max()
                        .orElse(0);
            }

            private boolean isSlight() {
                return Stream.of(left, right).filter(Objects::nonNull).allMatch(PartWeights::isSlight);
            }
        }

        static Comparison of(Side first, Side second) {
            CompositionRun left = first.run;
            CompositionRun right = second.run;
            List<Line> lines = new ArrayList<>();
            lines.add(line("Base model", left.baseModel.name, right.baseModel.name));
            lines.add(line("Examples", examples(left), examples(right)));
            lines.add(line("Candidates", left.candidates.size(), right.candidates.size()));
            RunSettings.LISTED.forEach(setting ->
                    lines.add(line(setting.line().orElseThrow().label(), value(setting, left), value(setting, right))));
            if (left.spec.prompt() != null || right.spec.prompt() != null) {
                lines.add(line("Prompt format", prompt(left), prompt(right)));
            }
            if (left.spec.system() != null || right.spec.system() != null) {
                lines.add(line("System text", system(left), system(right)));
            }
            return new Comparison(left, right, lines, controls(first, second), weights(first, second));
        }

        private static List<Tried> controls(Side left, Side right) {
            if (left.result == null && right.result == null) return List.of();
            Map<String, Function<RunResult, RunResult.Tried>> all = new LinkedHashMap<>();
            all.put("Composed", result -> result.composed);
            all.put("Best single", result -> result.bestSingle);
            all.put("Uniform mix", result -> result.uniform);
            all.put("Base model", result -> result.base);
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

        private static String value(SearchSetting<?> setting, CompositionRun run) {
            return setting == SearchSettings.LOWER ? bounds(run) : RunSettings.text(setting, run.spec.search());
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

        private static List<Weight> weights(Side left, Side right) {
            if (left.mix.isEmpty() && right.mix.isEmpty()) return List.of();
            Map<String, RunCandidate> candidates = new LinkedHashMap<>();
            Stream.of(left, right)
                    .flatMap(side -> side.run.candidates.stream())
                    .forEach(candidate -> candidates.putIfAbsent(candidate.address(), candidate));
            return candidates.entrySet().stream()
                    .map(adapter -> new Weight(
                            adapter.getValue(),
                            left.weights(adapter.getKey()),
                            left.hasCandidate(adapter.getKey()),
                            right.weights(adapter.getKey()),
                            right.hasCandidate(adapter.getKey())))
                    .sorted(Comparator.comparingDouble(Weight::contribution).reversed())
                    .toList();
        }

        public List<Weight> main() {
            return weights.stream().filter(weight -> !weight.isSlight()).toList();
        }

        public List<Weight> slight() {
            return weights.stream().filter(Weight::isSlight).toList();
        }

        public List<String> leftGroups() {
            return groups(left);
        }

        public List<String> rightGroups() {
            return groups(right);
        }

        private static List<String> groups(CompositionRun run) {
            return run.spec.groups().size() == 1
                    ? List.of("All layers")
                    : run.spec.groups().names();
        }

        /** Whether the weights of at least one run have columns of their own. */
        public boolean isGrouped() {
            return leftGroups().size() > 1 || rightGroups().size() > 1;
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
            @QueryParam("before") Optional<String> before,
            @QueryParam("q") Optional<String> q) {
        if (runs.size() != 2) {
            if (rights.owner().isEmpty()) throw ProblemException.badRequest("Choose two runs to compare.");
            String fault = "Tick two runs to compare; you ticked %s."
                    .formatted(runs.isEmpty() ? "none" : runs.size() == 1 ? "one" : String.valueOf(runs.size()));
            return Response.status(422)
                    .entity(list.show(new RunsPage.Part(state, before, q), runs, fault))
                    .build();
        }
        return Response.ok(Templates.compare(
                        Comparison.of(side(rights.visible(runs.get(0))), side(rights.visible(runs.get(1))))))
                .build();
    }

    private Comparison.Side side(CompositionRun run) {
        return Comparison.Side.of(run, run.result == null ? null : results.of(run));
    }
}
