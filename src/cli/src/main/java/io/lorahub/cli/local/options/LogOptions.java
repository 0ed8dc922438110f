package io.lorahub.cli.local.options;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lorahub.cli.terminal.UsageErrors;
import io.lorahub.engine.error.EngineException;
import io.lorahub.engine.learning.LearningRun;
import io.lorahub.engine.learning.log.RunLog;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Supplier;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The log of a run, to resume from. */
public final class LogOptions {

    private static final String NO_FILE = "The log must be a file that a run can resume from; give one instead of %s.";

    @Option(
            names = "--log",
            paramLabel = "FILE",
            description = "Record each point, a set of weights that the search tries (JSONL).")
    private Path log;

    @Option(
            names = "--resume",
            paramLabel = "FILE",
            description = "Resume the run of this log, with the same options; nothing is evaluated twice.")
    private Path resume;

    @Spec(Spec.Target.MIXEE)
    private CommandSpec command;

    /** Rejects a path that can't be a log, before any work is done. */
    public void requirePossible() {
        if (log != null && resume != null && !log.equals(resume)) {
            throw UsageErrors.wrong(command, "--resume keeps writing to its own log; leave out --log.");
        }
        Path path = resume == null ? log : resume;
        if (path == null) return;
        if (path.toString().equals("-")) throw UsageErrors.wrong(command, NO_FILE.formatted(path));
        if (path.startsWith("/dev") || path.startsWith("/proc")) throw new EngineException(NO_FILE.formatted(path));
        RunLog.requirePossible(path);
    }

    /**
     * Logs the run, and resumes it from an earlier log.
     *
     * @param header describes the run
     */
    public Optional<RunLog> attach(LearningRun run, Supplier<ObjectNode> header) {
        if (resume != null) {
            RunLog opened = RunLog.resume(resume, header.get());
            run.replay(opened.earlier());
            run.listen(opened);
            return Optional.of(opened);
        }
        if (log == null) return Optional.empty();
        RunLog opened = RunLog.create(log, header.get());
        run.listen(opened);
        return Optional.of(opened);
    }
}
