package io.lorahub.composition.result;

import io.lorahub.adapter.lineage.PartWeights;
import io.lorahub.composition.AdapterWeights;
import io.lorahub.composition.CompositionRun;
import io.lorahub.composition.RunCandidate;
import io.lorahub.composition.RunResult;
import io.lorahub.composition.RunResults;
import io.lorahub.composition.RunRights;
import io.lorahub.composition.RunSettings;
import io.lorahub.composition.live.ObjectiveChart;
import io.lorahub.composition.live.RunProgress;
import io.lorahub.composition.live.RunsPage;
import io.lorahub.engine.optimize.SearchSettings;
import io.lorahub.engine.setting.SearchSetting;
import io.lorahub.web.ProblemException;
import io.lorahub.web.chart.Chart;
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

/** Runs that the viewer may see, side by side. */
@Path("/runs/compare")
@Produces(MediaType.TEXT_HTML)
public class RunComparisonPage {

    /** As many as can be told apart in a chart. */
    private static final int MOST = 6;

    private final RunRights rights;
    private final RunResults results;
    private final RunsPage list;

    RunComparisonPage(RunRights rights, RunResults results, RunsPage list) {
        this.rights = rights;
        this.results = results;
        this.list = list;
    }

    /**
     * Runs side by side: the course of their searches, results compared with the controls, the weights found, and the settings
     * that differ. Lists have a value for each run, in the runs' order.
     *
     * @param weights a row for each adapter, those that add most to one of the mixes first; none if no run has a mix
     */
    record Comparison(
            List<CompositionRun> runs, Chart chart, List<Line> settings, List<Tried> controls, List<Weight> weights) {

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

            private Cell cell(String address) {
                AdapterWeights adapter = mix.get(address);
                boolean candidate =
                        run.candidates.stream().anyMatch(one -> one.address().equals(address));
                return new Cell(adapter == null ? null : adapter.weights(), candidate, namesOf(run));
            }
        }

        /** The mix or a control in all runs; null for a run without a result. */
        record Tried(String what, List<RunResult.Tried> each) {}

        /** One property of all runs, as text. */
        record Line(String what, List<String> each) {

            public boolean isSame() {
                return each.stream().distinct().count() == 1;
            }
        }

        /** An adapter in all runs. */
        record Weight(RunCandidate candidate, List<Cell> each) {

            private Stream<PartWeights> known() {
                return each.stream().map(Cell::weights).filter(Objects::nonNull);
            }

            /** How much it adds to the mix to which it adds most. */
            private double contribution() {
                return known().mapToDouble(PartWeights::contribution).max().orElse(0);
            }

            private boolean isSlight() {
                return known().allMatch(PartWeights::isSlight);
            }
        }

        /**
         * An adapter in a run.
         *
         * @param weights   null if it wasn't a candidate, and while the run has no mix
         * @param candidate whether it was one
         * @param groups    names of the run's layer groups
         */
        record Cell(PartWeights weights, boolean candidate, List<String> groups) {}

        static Comparison of(List<Side> sides) {
            List<CompositionRun> runs = sides.stream().map(Side::run).toList();
            List<Line> lines = new ArrayList<>();
            lines.add(line("Base model", runs, run -> run.baseModel.name));
            lines.add(line("Examples", runs, Comparison::examples));
            lines.add(line("Candidates", runs, run -> run.candidates.size()));
            RunSettings.LISTED.forEach(
                    setting -> lines.add(line(setting.line().orElseThrow().label(), runs, run -> value(setting, run))));
            if (runs.stream().anyMatch(run -> run.spec.prompt() != null)) {
                lines.add(line("Prompt format", runs, run -> orNone(run.spec.prompt())));
            }
            if (runs.stream().anyMatch(run -> run.spec.system() != null)) {
                lines.add(line("System text", runs, run -> orNone(run.spec.system())));
            }
            return new Comparison(runs, ObjectiveChart.of(runs), lines, controls(sides), weights(sides));
        }

        private static List<Tried> controls(List<Side> sides) {
            if (sides.stream().allMatch(side -> side.result == null)) return List.of();
            Map<String, Function<RunResult, RunResult.Tried>> all = new LinkedHashMap<>();
            if (sides.stream().anyMatch(side -> side.result != null && side.result.refined != null)) {
                all.put("Refined", result -> result.refined);
            }
            all.put("Composed", result -> result.composed);
            all.put("Best single", result -> result.bestSingle);
            all.put("Uniform mix", result -> result.uniform);
            all.put("Base model", result -> result.base);
            return all.entrySet().stream()
                    .map(one -> new Tried(
                            one.getKey(),
                            each(
                                    sides,
                                    side -> side.result == null
                                            ? null
                                            : one.getValue().apply(side.result))))
                    .toList();
        }

        /** Unlike a stream's list, it can contain null. */
        private static <T, R> List<R> each(List<T> all, Function<T, R> value) {
            List<R> values = new ArrayList<>();
            all.forEach(one -> values.add(value.apply(one)));
            return values;
        }

        private static Line line(String what, List<CompositionRun> runs, Function<CompositionRun, Object> value) {
            return new Line(what, each(runs, value.andThen(String::valueOf)));
        }

        private static String examples(CompositionRun run) {
            return "%d, %d held out"
                    .formatted(run.spec.examples().size(), run.spec.heldOut().size());
        }

        private static String value(SearchSetting<?> setting, CompositionRun run) {
            return setting == SearchSettings.LOWER ? bounds(run) : RunSettings.text(setting, run.spec.search());
        }

        private static String orNone(String text) {
            return text == null ? "none" : text;
        }

        private static String bounds(CompositionRun run) {
            return "%s to %s".formatted(run.spec.lower(), run.spec.upper()).replace('-', '−');
        }

        private static List<Weight> weights(List<Side> sides) {
            if (sides.stream().allMatch(side -> side.mix.isEmpty())) return List.of();
            Map<String, RunCandidate> candidates = new LinkedHashMap<>();
            sides.stream()
                    .flatMap(side -> side.run.candidates.stream())
                    .forEach(candidate -> candidates.putIfAbsent(candidate.address(), candidate));
            return candidates.entrySet().stream()
                    .map(adapter -> new Weight(adapter.getValue(), each(sides, side -> side.cell(adapter.getKey()))))
                    .sorted(Comparator.comparingDouble(Weight::contribution).reversed())
                    .toList();
        }

        public List<Weight> main() {
            return weights.stream().filter(weight -> !weight.isSlight()).toList();
        }

        public List<Weight> slight() {
            return weights.stream().filter(Weight::isSlight).toList();
        }

        public List<String> groups(CompositionRun run) {
            return namesOf(run);
        }

        /** The names of a run's layer groups. */
        private static List<String> namesOf(CompositionRun run) {
            return run.spec.groups().size() == 1
                    ? List.of("All layers")
                    : run.spec.groups().names();
        }

        /** Whether the weights of at least one run have columns of their own. */
        public boolean isGrouped() {
            return runs.stream().anyMatch(run -> namesOf(run).size() > 1);
        }
    }

    @CheckedTemplate
    static class Templates {
        static native TemplateInstance compare(Comparison comparison);

        private Templates() {}
    }

    /** Compares runs. If too few or too many were ticked, shows the list again, at the same part, with an error. */
    @GET
    public Response compare(
            @QueryParam("run") List<String> runs,
            @QueryParam("state") Optional<String> state,
            @QueryParam("before") Optional<String> before,
            @QueryParam("q") Optional<String> q) {
        if (runs.size() < 2 || runs.size() > MOST) {
            if (rights.owner().isEmpty()) throw ProblemException.badRequest("Choose two to six runs to compare.");
            String fault = "Tick two to six runs to compare; you ticked %s."
                    .formatted(runs.isEmpty() ? "none" : runs.size() == 1 ? "one" : String.valueOf(runs.size()));
            return Response.status(422)
                    .entity(list.show(new RunsPage.Part(state, before, q), runs, fault))
                    .build();
        }
        return Response.ok(Templates.compare(Comparison.of(
                        runs.stream().map(id -> side(rights.visible(id))).toList())))
                .build();
    }

    private Comparison.Side side(CompositionRun run) {
        return Comparison.Side.of(run, run.result == null ? null : results.of(run));
    }
}
