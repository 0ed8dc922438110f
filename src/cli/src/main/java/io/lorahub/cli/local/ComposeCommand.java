package io.lorahub.cli.local;

import io.lorahub.cli.hub.AcceptOptions;
import io.lorahub.cli.hub.RemoteComposition;
import io.lorahub.cli.hub.RemoteRunOptions;
import io.lorahub.cli.local.options.AnswerOptions;
import io.lorahub.cli.local.options.CandidateOptions;
import io.lorahub.cli.local.options.CompactWriteOptions;
import io.lorahub.cli.local.options.DemoOptions;
import io.lorahub.cli.local.options.GenerationOptions;
import io.lorahub.cli.local.options.LogOptions;
import io.lorahub.cli.local.options.ModelOptions;
import io.lorahub.cli.local.options.PredictionOptions;
import io.lorahub.cli.local.options.SearchOptions;
import io.lorahub.cli.local.options.TaskExampleOptions;
import io.lorahub.cli.terminal.ConsoleProgress;
import io.lorahub.cli.terminal.ExitCode;
import io.lorahub.cli.terminal.Interruption;
import io.lorahub.cli.terminal.OutputOptions;
import io.lorahub.cli.terminal.SlowWork;
import io.lorahub.cli.terminal.UsageErrors;
import io.lorahub.demo.DemoTask;
import io.lorahub.engine.error.EngineException;
import io.lorahub.engine.learning.Example;
import io.lorahub.engine.learning.ExampleSet;
import io.lorahub.engine.learning.LearnedMix;
import io.lorahub.engine.learning.LearningRun;
import io.lorahub.engine.learning.LearningSession;
import io.lorahub.engine.learning.LearningSettings;
import io.lorahub.engine.learning.control.Control;
import io.lorahub.engine.learning.control.KnownControls;
import io.lorahub.engine.learning.control.KnownControls.Effort;
import io.lorahub.engine.learning.export.MergeExport;
import io.lorahub.engine.learning.export.Refinement;
import io.lorahub.engine.learning.log.RunLog;
import io.lorahub.engine.learning.recipe.Recipe;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Function;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

@Command(
        name = "compose",
        sortOptions = false,
        abbreviateSynopsis = true,
        description = {
            "Finds the weights of a mix of adapters for a new task, from a handful of examples, and"
                    + " compares the mix with the base model and the best single adapter. If a single adapter is"
                    + " better, the mix is still written and the exit status is 1.",
            ""
        },
        footer = {
            "",
            "lorahub compose --demo un-past",
            "lorahub compose --base DIR --adapters DIR --examples few.jsonl --out merged",
            "lorahub compose --remote --candidate demo/un --candidate demo/past --examples few.jsonl"
        })
public final class ComposeCommand implements Callable<Integer> {

    private static final int PATIENCE_SECONDS = 2;

    private static final String REFINE =
            LearningSettings.REFINE_STEPS.option().orElseThrow().name();

    @Mixin
    private DemoOptions demo;

    @Mixin
    private CandidateOptions candidates;

    @Mixin
    private TaskExampleOptions examples;

    @Mixin
    private AnswerOptions answers;

    @Mixin
    private PredictionOptions predictions;

    @Mixin
    private SearchOptions search;

    @Mixin
    private CompactWriteOptions write;

    @Mixin
    private LogOptions log;

    @Mixin
    private ModelOptions model;

    @Mixin
    private GenerationOptions generation;

    @Mixin
    private RemoteRunOptions remote;

    @Mixin
    private AcceptOptions accept;

    @Mixin
    private OutputOptions output;

    @Spec
    private CommandSpec command;

    @Override
    public Integer call() {
        LearningSettings asked = search.settings(model.composition());
        if (remote.asked()) return remotely(asked);
        remote.requireNone();
        log.requirePossible();
        Optional<Path> folder = write.folder();
        requireFolder(asked, folder);
        write.requireFree();
        Optional<DemoTask> task = demo.task();
        List<Example> fewShot = examples.fewShot(demo);
        Optional<List<Example>> tested = examples.heldOut(demo);
        Optional<List<String>> options = answers.of(fewShot, tested, command);
        int maxNewTokens = generation.maxNewTokens();
        Map<String, Path> adapters = ModelSessions.candidates(candidates, demo, command);
        LearningSettings settings = asked.chosenFor(adapters.size());
        ComposeResult.Task composed = new ComposeResult.Task(task, fewShot, settings);
        try (Interruption interruption = new Interruption();
                SlowWork work = new SlowWork(output.err());
                LearningSession session = ModelSessions.open(model, demo, adapters, work)) {
            work.at("");
            session.setGroups(settings.layers());
            session.listen(work);
            if (folder.isPresent()) MergeExport.requirePossible(session.adapters(), session.kept(), write.how());
            if (settings.refineSteps().isPresent()) Refinement.requirePossible(session.adapters());
            ComposeWarnings warnings = new ComposeWarnings(output.err());
            warnings.aboutSearch(session, fewShot, tested.orElse(List.of()), settings);
            options.ifPresent(o -> warnings.aboutOptions(o, tested.orElseThrow()));
            session.begin("tokenizing examples");
            Optional<ExampleSet> heldOutSet = tested.map(session::encode);
            ExampleSet set = session.encode(fewShot);
            LearningRun run = new LearningRun(session, set, settings);
            Function<LearnedMix, KnownControls> withoutMore =
                    mix -> KnownControls.of(session, set, heldOutSet, settings, mix, maxNewTokens, Effort.NONE);
            if (folder.isEmpty()) {
                interruption.handledBy(() -> stop(run, ""), () -> {
                    LearnedMix mix = run.soFar();
                    show(new ComposeResult(composed, mix, true, withoutMore.apply(mix), Optional.empty()));
                });
            } else {
                interruption.handledBy(() -> stop(run, " after the current point"));
            }
            work.at("");
            LearnedMix learned = learn(run, session, fewShot, settings);
            interruption.workEnded();
            session.listen(work);
            session.begin("reading back the adapter, examples");
            // before the controls, which may take longer than the search
            Optional<WrittenAdapter> written = Optional.empty();
            Optional<EngineException> failure = Optional.empty();
            boolean onlyBase =
                    interruption.happened() && Arrays.stream(learned.vector()).allMatch(w -> w == 0);
            if (onlyBase && folder.isPresent()) {
                output.err().println("lorahub: nothing was written: so far, no mix is better than the base model.");
            }
            try {
                written = folder.filter(f -> !onlyBase)
                        .map(f -> WrittenAdapter.write(session, set, settings, learned, write.how(), f, work));
            } catch (EngineException e) {
                // the result is still shown
                failure = Optional.of(e);
            }
            boolean interrupted = interruption.happened();
            if (!interrupted) {
                Optional<WrittenAdapter> unscored = written;
                interruption.handledBy(
                        session::cancel,
                        () -> show(new ComposeResult(composed, learned, true, withoutMore.apply(learned), unscored)));
            }
            KnownControls known = KnownControls.of(
                    session,
                    set,
                    heldOutSet,
                    settings,
                    learned,
                    maxNewTokens,
                    interrupted ? effortAfterInterruption(session, learned) : Effort.ALL);
            session.begin("the written adapter, " + (tested.isPresent() ? "held-out examples" : "examples"));
            if (!interrupted) written = written.map(w -> w.scored(session, set, heldOutSet, settings, maxNewTokens));
            session.begin("answer options, examples");
            Optional<AnswerOptions.Report> chosen = interrupted
                    ? Optional.empty()
                    : options.flatMap(o -> AnswerOptions.report(session, known, tested.orElseThrow(), o));
            session.begin("predictions of the mix, examples");
            Optional<Predictions> shown = interrupted || !predictions.asked()
                    ? Optional.empty()
                    : Predictions.unlessCancelled(session, learned.vector(), tested.orElse(fewShot), maxNewTokens);
            interruption.workEnded();
            show(new ComposeResult(composed, learned, interruption.happened(), known, written, chosen, shown));
            if (folder.isPresent()) demo.promptHint().ifPresent(output.err()::println);
            if (failure.isPresent()) throw failure.get();
            if (interruption.happened()) return ExitCode.INTERRUPTED;
            return accept.exitCode(known.betterSingle().map(Control::name), folder, output.err());
        }
    }

    private void requireFolder(LearningSettings settings, Optional<Path> folder) {
        boolean fused = write.how().fused();
        if (settings.refineSteps().isEmpty()) return;
        if (folder.isEmpty()) {
            throw UsageErrors.wrong(command, "%s only works with --out.".formatted(REFINE));
        }
        if (fused) {
            throw UsageErrors.wrong(
                    command,
                    "--fused writes the mix as it is; leave out %s, or write the full model of the refined adapter with lorahub merge."
                            .formatted(REFINE));
        }
    }

    private int remotely(LearningSettings settings) {
        remote.requireNothingLocal();
        Optional<Path> folder = write.folder();
        write.requireFree();
        Optional<DemoTask> task = demo.task();
        return new RemoteComposition(remote.client(), output, accept)
                .run(
                        remote.request(
                                task.map(DemoTask::name),
                                examples.fewShot(demo),
                                examples.heldOut(demo).orElse(List.of()),
                                settings,
                                model.base(),
                                model.compute().precision(),
                                generation.maxNewTokens(),
                                demo.prompt(model)),
                        folder);
    }

    /** After an interruption, only the controls that take no time. */
    private static Effort effortAfterInterruption(LearningSession session, LearnedMix learned) {
        double seconds = learned.secondsPerEvaluation() * (session.candidates().size() + 3);
        return seconds > PATIENCE_SECONDS ? Effort.NONE : Effort.LOSSES;
    }

    /** @param when when the search ends, if not soon */
    private void stop(LearningRun run, String when) {
        if (!run.hasResult()) Interruption.end();
        output.err()
                .println(
                        "lorahub: stopping the search%s and finishing with what it has found; press Ctrl-C again to quit at once."
                                .formatted(when));
        run.stop();
    }

    private LearnedMix learn(
            LearningRun run, LearningSession session, List<Example> fewShot, LearningSettings settings) {
        Optional<RunLog> runLog = log.attach(run, () -> Recipe.inputs(session, fewShot, settings));
        if (!output.json()) output.err().println(candidates.summary(session, model.base(), demo.title()));
        try (ConsoleProgress progress = ConsoleProgress.of(settings.budget(), output.err())) {
            run.listen(progress);
            session.listen(progress);
            return run.run();
        } finally {
            runLog.ifPresent(RunLog::close);
        }
    }

    private void show(ComposeResult result) {
        if (output.json()) {
            output.print(result.json());
        } else {
            result.print(output.out(), output.style());
        }
    }
}
