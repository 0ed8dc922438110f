package io.lorahub.composition;

import io.lorahub.engine.EngineException;
import io.lorahub.engine.learning.EvaluationRecord;
import io.lorahub.engine.learning.Example;
import io.lorahub.engine.learning.ExampleSet;
import io.lorahub.engine.learning.ExportOptions;
import io.lorahub.engine.learning.ExportReport;
import io.lorahub.engine.learning.LearnedMix;
import io.lorahub.engine.learning.LearningRun;
import io.lorahub.engine.learning.LearningSession;
import io.lorahub.engine.learning.LearningSettings;
import io.lorahub.engine.learning.MergeExport;
import io.lorahub.engine.learning.RunListener;
import io.lorahub.engine.learning.TokenReport;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.function.Consumer;

/** Does one run in an open session: search, controls, export. Plain Java; what is stored is its caller's business. */
final class RunExecution {

    private final LearningSession session;
    private final RunClaim run;
    private final HubRecipe recipe;
    private final LearningSettings settings;
    private final ExampleSet examples;
    private final Optional<ExampleSet> heldOut;
    private final LearningRun learning;
    private volatile boolean stopped;

    /**
     * @param recipe how the hub writes one
     * @throws EngineException for examples that the model cannot take
     */
    RunExecution(
            LearningSession session,
            RunClaim run,
            HubRecipe recipe,
            List<EvaluationRecord> earlier,
            RunListener listener) {
        this.session = session;
        this.run = run;
        this.recipe = recipe;
        this.settings = run.spec().settings();
        this.examples = session.encode(run.spec().examples());
        List<Example> heldOut = run.spec().heldOut();
        this.heldOut = heldOut.isEmpty() ? Optional.empty() : Optional.of(session.encode(heldOut));
        this.learning = new LearningRun(session, examples, settings);
        learning.replay(earlier);
        learning.listen(listener);
    }

    void listen(RunListener listener) {
        learning.listen(listener);
    }

    /** See {@link LearningRun#know}. */
    void know(List<EvaluationRecord> others, double theirL1) {
        learning.know(others, theirL1);
    }

    /** Makes {@link #run} end after the evaluation, or the batch of predictions, under way. For any thread. */
    void stop() {
        stopped = true;
        learning.stop();
        session.cancel();
    }

    /**
     * Searches and evaluates the controls; writes the merged adapter into a folder.
     *
     * @param searched is told between the search and the controls what the mix that was found says for the examples
     * @return empty when it was stopped before its end
     */
    Optional<RunResult> run(Path folder, Consumer<List<String>> searched) {
        LearnedMix learned;
        try {
            learned = learning.run();
        } catch (CancellationException e) {
            return Optional.empty();
        } catch (EngineException e) {
            if (stopped) return Optional.empty(); // before its first evaluation
            throw e;
        }
        if (stopped) return Optional.empty();
        try {
            searched.accept(predict(learned.vector()));
            TokenReport report = TokenReport.of(
                    session, examples, heldOut, settings, learned, run.spec().maxNewTokens());
            Optional<RunResult.Export> export = Arrays.stream(learned.vector()).allMatch(w -> w == 0)
                    ? Optional.empty()
                    : Optional.of(write(learned, folder));
            return stopped
                    ? Optional.empty()
                    : Optional.of(RunResult.of(learned, report, export, control -> predict(control.weights())));
        } catch (CancellationException e) {
            return Optional.empty();
        }
    }

    private List<String> predict(double[] weights) {
        List<String> inputs = run.spec().examples().stream().map(Example::input).toList();
        return session.predict(inputs, weights, run.spec().maxNewTokens());
    }

    private RunResult.Export write(LearnedMix learned, Path folder) {
        ExportReport report = MergeExport.write(
                session,
                learned.vector(),
                run.spec().examples(),
                ExportOptions.LOSSLESS,
                written -> recipe.of(session, run, settings, learned),
                folder);
        return RunResult.Export.of(report, MergeExport.errors(session, learned.vector()));
    }
}
