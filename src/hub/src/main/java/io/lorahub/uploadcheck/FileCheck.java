package io.lorahub.uploadcheck;

import io.lorahub.childprocess.ChildAbortedException;
import io.lorahub.childprocess.ChildAbortedException.Reason;
import io.lorahub.childprocess.ChildProcesses;
import io.lorahub.childprocess.ChildProgram;
import io.lorahub.engine.lora.config.CheckFinding;
import io.lorahub.engine.names.EnumNames;
import io.lorahub.job.JobHandler;
import io.lorahub.job.JobOutcome;
import io.lorahub.job.JobQueue;
import io.lorahub.storage.Blobs;
import io.lorahub.storage.object.DamagedObjectException;
import io.lorahub.storage.object.NoSuchObjectException;
import io.lorahub.storage.object.ObjectKey;
import io.lorahub.storage.object.UnusableObjectException;
import io.lorahub.upload.check.UploadChecks;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Metrics;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jboss.logging.Logger;

/** Checks the files of an upload in a process of its own. */
abstract class FileCheck implements JobHandler {

    private static final Logger LOG = Logger.getLogger(FileCheck.class);
    private static final int UUID_LENGTH = 36;

    final UploadChecks checks;
    final Blobs blobs;
    final UploadCheckConfig config;
    private final ChildProcesses processes;

    FileCheck(UploadChecks checks, Blobs blobs, ChildProcesses processes, UploadCheckConfig config) {
        this.checks = checks;
        this.blobs = blobs;
        this.processes = processes;
        this.config = config;
    }

    @Override
    public final Set<JobQueue> queues() {
        return Set.of(JobQueue.CHECKS);
    }

    @Override
    public JobOutcome run(String id) {
        UUID upload = UUID.fromString(id.substring(0, UUID_LENGTH));
        of(upload);
        checks.state(upload)
                .ifPresent(state -> Counter.builder("lorahub.checks")
                        .description("Checks that have ended, by the state of their upload")
                        .tags("kind", kind(), "outcome", EnumNames.of(state))
                        .register(Metrics.globalRegistry)
                        .increment());
        return JobOutcome.DONE;
    }

    /**
     * Checks the upload if it is still waiting for its checks. No transaction is open while the files are read.
     *
     * @throws RuntimeException if the check should be tried again
     */
    final void of(UUID upload) {
        Optional<Map<String, String>> files = checks.begin(upload);
        if (files.isEmpty()) return;
        try (CheckFolder folder = CheckFolder.of(files.get(), blobs)) {
            examine(upload, files.get(), folder);
        } catch (ChildAbortedException e) {
            if (e.reason() == Reason.SHUTDOWN) checks.interrupted(upload);
            throw e;
        } catch (UnusableObjectException e) {
            named(files.get(), e).ifPresent(why -> checks.brokeOff(upload, why));
            throw e;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Has the files read and stores the results.
     *
     * @param files SHA-256 by name
     */
    abstract void examine(UUID upload, Map<String, String> files, CheckFolder folder) throws IOException;

    /** Why the checks are given up. */
    abstract CheckFinding why(Reason reason, ChildProgram program, Duration deadline);

    /** Empty if the answer is no longer needed, or the checks are given up. */
    final <A> Optional<A> ask(UUID upload, ChildProgram program, Object request, Class<A> answer, CheckFolder folder)
            throws IOException {
        Duration deadline = deadline(config, folder.bytes());
        try {
            return Optional.of(processes.ask(program, request, answer, deadline, () -> checks.isAwaited(upload)));
        } catch (ChildAbortedException e) {
            if (e.reason() == Reason.NOT_NEEDED) return Optional.empty();
            if (e.reason() == Reason.SHUTDOWN || checks.overrun(upload, why(e.reason(), program, deadline))) throw e;
            LOG.warnf(e, "The checks of the upload %s have failed for good.", upload);
            return Optional.empty();
        }
    }

    /** @param bytes total size of the files */
    static Duration deadline(UploadCheckConfig config, long bytes) {
        return config.deadline()
                .plusSeconds(bytes / Math.max(1, config.bytesPerSecond().asLongValue()));
    }

    /** Fails if the files read differ from those sent; only sending them again can repair that. */
    static void requireUndamaged(Map<String, String> files, Map<String, String> read) {
        files.forEach((name, sha256) -> {
            if (!sha256.equals(read.get(name))) throw new DamagedObjectException(ObjectKey.blob(sha256));
        });
    }

    /** Describes the unusable file for its owner; empty if it is none of these. */
    private static Optional<String> named(Map<String, String> files, UnusableObjectException unusable) {
        String why = unusable instanceof NoSuchObjectException
                ? "%s is missing from the hub's store; send it again."
                : "The stored copy of %s is damaged; send it again.";
        return files.entrySet().stream()
                .filter(file ->
                        unusable.sha256().filter(file.getValue()::equals).isPresent())
                .findFirst()
                .map(file -> why.formatted(file.getKey()));
    }

    static String words(Duration time) {
        long seconds = time.toSeconds();
        return seconds < 120 ? seconds + " seconds" : seconds / 60 + " minutes";
    }
}
