package io.lorahub.bench.study;

import io.lorahub.bench.report.BenchOutput;
import io.lorahub.bench.search.BenchDemoOptions;
import io.lorahub.bench.search.TaskFamily;
import io.lorahub.bench.search.TrainedLora;
import io.lorahub.demo.DemoHub;
import io.lorahub.demo.DemoTask;
import io.lorahub.engine.error.EngineException;
import io.lorahub.engine.optimize.strategy.Strategy;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Compares LoraHub with everything else that one can do with a few examples. */
@Command(
        name = "study",
        description = {
            "Compares the search with other searches, merges without a search and a LoRA trained on the same examples.",
            "Results go to a file, line by line; started again, the command only measures what the file lacks.",
            ""
        })
public final class StudyBenchCommand implements Callable<Integer> {

    @Mixin
    private BenchOutput output;

    @Mixin
    private BenchDemoOptions demo;

    @Parameters(
            arity = "0..1",
            paramLabel = "FOLDER",
            description = "Solvable tasks made by make_families.py. Default: the demo's tasks.")
    private Path folder;

    @Option(
            names = "--half",
            paramLabel = "HALF",
            description = "Half of the tasks: ${COMPLETION-CANDIDATES}. Default: test of a family, all of a demo.")
    private TaskFamily.Half half;

    @Option(names = "--tasks", paramLabel = "N", description = "Only the first N of these tasks.")
    private int tasks = Integer.MAX_VALUE;

    @Option(
            names = "--draws",
            split = ",",
            paramLabel = "N",
            defaultValue = "1",
            description = "Few-shot draws of each task, from 1 to 5. Default: ${DEFAULT-VALUE}.")
    private List<Integer> draws;

    @Option(
            names = "--budget",
            split = ",",
            paramLabel = "N",
            defaultValue = "40,100",
            description = "Evaluations that a search can spend. Budgets, numbers of examples and of candidates vary one"
                    + " at a time; the others keep their first value. Default: ${DEFAULT-VALUE}.")
    private List<Integer> budgets;

    @Option(
            names = "--examples",
            split = ",",
            paramLabel = "N",
            defaultValue = "5",
            description =
                    "Numbers of examples; a draw has five, more come from the next draws. Default: ${DEFAULT-VALUE}.")
    private List<Integer> examples;

    @Option(
            names = "--candidates",
            split = ",",
            paramLabel = "N",
            description =
                    "Numbers of candidates: fewer than the demo has are the task's skills and random others, more are"
                            + " noisy, scaled and merged copies besides. Default: the demo's.")
    private List<Integer> candidates;

    @Option(
            names = "--rows",
            split = ";",
            paramLabel = "ROW",
            description = "Rows to measure, separated by semicolons. Default: all.")
    private List<String> rows;

    @Option(
            names = "--results",
            paramLabel = "FILE",
            defaultValue = "study.jsonl",
            description = "The file of finished results. Default: ${DEFAULT-VALUE} in the working folder.")
    private Path results;

    @Option(names = "--report", description = "Measure nothing; only report what the file of results has.")
    private boolean reportOnly;

    @Option(names = "--plots", paramLabel = "DIR", description = "Write a plot (SVG) of everything that varies there.")
    private Path plots;

    @Override
    public Integer call() {
        demo.requireWordsFor(folder);
        requirePositive("--budget", budgets, 1);
        requirePositive("--examples", examples, 1);
        if (candidates != null) requirePositive("--candidates", candidates, 2);
        DemoHub hub = demo.hub();
        Path model = demo.base(hub);
        StudyPlan plan = plan(hub);
        List<StudyMethod> methods = chosen(methods(model));
        StudyLog log = StudyLog.open(results);
        Map<String, String> missing = reportOnly ? Map.of() : measured(plan, hub, model, methods, log);
        StudyReport report = new StudyReport(plan, methods, log, missing);
        if (plots != null) new StudyPlots(report).write(plots).forEach(file -> output.say("Written: " + file));
        output.print(report.json(), report.text());
        return 0;
    }

    private Map<String, String> measured(
            StudyPlan plan, DemoHub hub, Path model, List<StudyMethod> methods, StudyLog log) {
        try {
            return new Study(plan, hub, log, output).run(methods, model, demo.compute());
        } finally {
            methods.forEach(StudyMethod::close);
        }
    }

    private void requirePositive(String option, List<Integer> values, int least) {
        if (values.stream().anyMatch(v -> v < least)) {
            throw output.wrong("%s must be at least %d.".formatted(option, least));
        }
    }

    private StudyPlan plan(DemoHub hub) {
        List<DemoTask> all = folder == null
                ? hub.tasks().stream()
                        .filter(task -> half == null || half.holds(task.name()))
                        .toList()
                : new TaskFamily(folder).solvable(half == null ? TaskFamily.Half.test : half);
        if (all.isEmpty()) throw new EngineException("There is no task in that half.");
        return new StudyPlan(
                folder == null
                        ? demo.name()
                        : folder.toAbsolutePath().normalize().getFileName().toString(),
                all.stream().limit(tasks).toList(),
                draws,
                budgets,
                examples,
                candidates == null ? List.of(hub.adapters().size()) : candidates);
    }

    private List<StudyMethod> methods(Path model) {
        List<StudyMethod> methods = new ArrayList<>(List.of(
                new SimpleMethods.Controls(),
                new StrategyMethod("random weights", "random"),
                new SimpleMethods.RandomAdapters(),
                new PeftOperators(),
                new PublishedSearch(demo::python, model, demo.threads()),
                PythonSearch.ngOpt(demo::python),
                PythonSearch.mergekit(demo::python)));
        Strategy.names().stream()
                .filter(name -> !name.equals("random"))
                .sorted((a, b) -> Boolean.compare(a.equals(Strategy.DEFAULT), b.equals(Strategy.DEFAULT)))
                .forEach(name -> methods.add(new StrategyMethod(name, name)));
        methods.add(new SimpleMethods.Refined());
        methods.add(new FurtherExamples());
        boolean fixedOnly = rows != null && rows.contains(TrainedLora.FIXED) && !rows.contains(TrainedLora.BEST);
        methods.add(new SimpleMethods.Training(() -> demo.trainedLora(model), !fixedOnly));
        methods.add(new SimpleMethods.Oracle());
        return methods;
    }

    private List<StudyMethod> chosen(List<StudyMethod> all) {
        if (rows == null) return all;
        List<String> names = all.stream().flatMap(m -> m.rows().stream()).toList();
        rows.stream().filter(row -> !names.contains(row)).findFirst().ifPresent(row -> {
            throw output.wrong("There is no row \"%s\"; use any of %s.".formatted(row, String.join("; ", names)));
        });
        return all.stream()
                .filter(m -> m.rows().stream().anyMatch(rows::contains))
                .toList();
    }
}
