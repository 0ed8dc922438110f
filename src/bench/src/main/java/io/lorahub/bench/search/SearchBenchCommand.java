package io.lorahub.bench.search;

import io.lorahub.bench.reference.UnavailableException;
import io.lorahub.bench.report.BenchOutput;
import io.lorahub.cli.local.options.SettingOptions;
import io.lorahub.cli.terminal.UsageErrors;
import io.lorahub.demo.DemoHub;
import io.lorahub.demo.DemoTask;
import io.lorahub.engine.learning.LearningSettings;
import io.lorahub.engine.learning.export.ExportOptions;
import io.lorahub.engine.optimize.SearchSettings;
import io.lorahub.engine.optimize.strategy.Strategy;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import java.util.stream.LongStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Compares the search strategies on a demo. */
@Command(
        name = "search",
        description = {
            "Compares the search strategies on a demo's unseen tasks, and shows which one is the default and why.",
            ""
        })
public final class SearchBenchCommand implements Callable<Integer> {

    @Mixin
    private BenchOutput output;

    @Mixin
    private BenchDemoOptions demo;

    @Option(
            names = "--strategy",
            split = ",",
            paramLabel = "NAME",
            description = "Strategies to compare. Default: all.")
    private List<String> strategies = Strategy.names();

    @Option(
            names = "--budget",
            split = ",",
            paramLabel = "N",
            defaultValue = "40,100",
            description = "Evaluations that a run can spend. Default: ${DEFAULT-VALUE}.")
    private List<Integer> budgets;

    @Option(
            names = "--controls",
            description = "Also measure the base model, the best single adapter and the uniform mix;"
                    + " --demo smollm2 always does.")
    private boolean controls;

    @Option(
            names = "--suggest",
            description =
                    "Only rank the candidates, as a hub suggests them, and show how often all skills of a task are among"
                            + " the first.")
    private boolean suggest;

    @Option(names = "--tasks", split = ",", paramLabel = "TASK", description = "Tasks of the demo. Default: all.")
    private List<String> tasks;

    @Option(
            names = "--family",
            paramLabel = "FOLDER",
            description = "Solvable tasks made by make_families.py, instead of the demo hub's tasks.")
    private Path family;

    @Option(
            names = "--half",
            paramLabel = "HALF",
            description =
                    "Half of the tasks: ${COMPLETION-CANDIDATES}. Default: tuning of a family, all of a demo's own.")
    private TaskFamily.Half half;

    @Option(names = "--sample", paramLabel = "N", description = "Only the first N tasks of that half.")
    private int sample = Integer.MAX_VALUE;

    @Option(
            names = "--draws",
            split = ",",
            paramLabel = "N",
            defaultValue = "1,2,3",
            description = "Few-shot draws of each task, from 1 to 5. Default: ${DEFAULT-VALUE}.")
    private List<Integer> draws;

    @Option(
            names = "--seeds",
            paramLabel = "N",
            defaultValue = "1",
            description = "Repeat each run with N seeds. Default: ${DEFAULT-VALUE}.")
    private int seeds;

    @Option(
            names = "--seed",
            paramLabel = "N",
            defaultValue = "42",
            description = "The first seed, and the crowd's. Default: ${DEFAULT-VALUE}.")
    private long seed;

    @Option(
            names = "--crowd",
            paramLabel = "N",
            defaultValue = "0",
            description = "Hide the candidates among N noisy, scaled or merged copies of them.")
    private int crowd;

    @Option(names = "--written", description = "Also write each mix as compose does, and score what was written.")
    private boolean written;

    @Option(
            names = "--max-error",
            paramLabel = "SHARE",
            description =
                    "Also write each mix at the smallest rank within this relative error, and score what was written.")
    private Double maxError;

    @Option(
            names = "--reference",
            paramLabel = "FILE",
            description = "Results of the published program (JSON of make_lorahub.py), to show for comparison.")
    private Path reference;

    private final SettingOptions search = new SettingOptions();
    private CommandSpec command;

    @Spec
    void declare(CommandSpec own) {
        command = own;
        search.addTo(own, List.of(LearningSettings.LAYER_GROUPS, SearchSettings.AVERAGE, SearchSettings.POPULATION));
    }

    @Override
    public Integer call() {
        strategies.forEach(Strategy::named);
        if (seeds < 1 || crowd < 0) {
            throw output.wrong("--seeds must be at least 1 and --crowd not negative.");
        }
        LearningSettings settings = UsageErrors.checked(
                command, () -> new LearningSettings(search.over(LearningSettings.DEFAULT.values())));
        if (settings.population() > 1 && !strategies.equals(List.of(Strategy.DEFAULT))) {
            throw output.wrong("--population needs --strategy %s.".formatted(Strategy.DEFAULT));
        }
        if (maxError != null && !(maxError >= 0 && maxError < 1)) {
            throw output.wrong("--max-error is a share from 0 to below 1.");
        }
        demo.requireWordsFor(family);
        DemoHub hub = demo.hub();
        Path model = demo.base(hub);
        List<DemoTask> chosen = chosen(hub);
        SearchPlan plan = new SearchPlan(
                strategies,
                budgets,
                chosen,
                draws,
                LongStream.range(seed, seed + seeds).boxed().toList(),
                crowd,
                controls || demo.hasPython() || demo.name().equals(DemoHub.SMOLLM2),
                written(),
                settings);
        if (suggest) {
            SuggestionBench ranked = new SuggestionBench().run(hub, model, plan, demo.compute(), output);
            output.print(ranked.json(), ranked.text());
            return 0;
        }
        Optional<PublishedResults> published = Optional.ofNullable(reference).map(PublishedResults::read);
        Training training = plan.controls() ? training(model) : new Training(null, null);
        try (TrainedLora trained = training.lora) {
            SearchBench bench = new SearchBench(hub, model, plan, demo.compute(), Optional.ofNullable(trained), output);
            List<SearchRun> runs = bench.run();
            SearchReport report =
                    SearchReport.of(plan, hub.adapters().size(), runs, bench.controls(), training.missing(), published);
            output.print(report.json(), report.text());
        }
        return 0;
    }

    /** @param lora null if there is none, and then why */
    private record Training(TrainedLora lora, String why) {

        Optional<String> missing() {
            return Optional.ofNullable(why);
        }
    }

    private Optional<ExportOptions> written() {
        if (maxError == null) return written ? Optional.of(ExportOptions.compact(false, false)) : Optional.empty();
        return Optional.of(new ExportOptions(OptionalInt.empty(), OptionalDouble.of(maxError), false, false));
    }

    private Training training(Path model) {
        try {
            return new Training(demo.trainedLora(model), null);
        } catch (UnavailableException e) {
            return new Training(null, "No LoRA was trained on the same examples: " + e.getMessage());
        }
    }

    private List<DemoTask> chosen(DemoHub hub) {
        if (family != null)
            return new TaskFamily(family)
                    .solvable(half == null ? TaskFamily.Half.tuning : half).stream()
                            .limit(sample)
                            .toList();
        if (tasks != null) return tasks.stream().map(hub::task).toList();
        return hub.tasks().stream()
                .filter(task -> half == null || half.holds(task.name()))
                .limit(sample)
                .toList();
    }
}
