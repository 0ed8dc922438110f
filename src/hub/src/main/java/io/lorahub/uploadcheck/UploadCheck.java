package io.lorahub.uploadcheck;

import io.lorahub.adapter.publication.CheckReport;
import io.lorahub.childprocess.ChildAbortedException;
import io.lorahub.childprocess.ChildAbortedException.Reason;
import io.lorahub.childprocess.ChildProcesses;
import io.lorahub.childprocess.ChildProgram;
import io.lorahub.engine.checkpoint.AdapterFolder;
import io.lorahub.job.JobHandler;
import io.lorahub.job.JobOutcome;
import io.lorahub.job.JobQueue;
import io.lorahub.storage.Blobs;
import io.lorahub.storage.HeldBlobs;
import io.lorahub.storage.object.DamagedObjectException;
import io.lorahub.storage.object.NoSuchObjectException;
import io.lorahub.storage.object.ObjectKey;
import io.lorahub.storage.object.ObjectStore;
import io.lorahub.storage.object.StagedFile;
import io.lorahub.storage.object.UnusableObjectException;
import io.lorahub.upload.check.UploadChecks;
import io.lorahub.web.Format;
import jakarta.enterprise.context.ApplicationScoped;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.UUID;
import org.jboss.logging.Logger;

/** Checks one upload with the same code as {@code lorahub inspect}, and performs the checks that only a hub can. */
@ApplicationScoped
public class UploadCheck implements JobHandler {

    /** The kind of job. */
    static final String KIND = "check";

    private static final Logger LOG = Logger.getLogger(UploadCheck.class);

    private final UploadChecks checks;
    private final Blobs blobs;
    private final ObjectStore store;
    private final BaseModelHeaders models;
    private final ChildProcesses processes;
    private final UploadCheckConfig config;

    UploadCheck(
            UploadChecks checks,
            Blobs blobs,
            ObjectStore store,
            BaseModelHeaders models,
            ChildProcesses processes,
            UploadCheckConfig config) {
        this.checks = checks;
        this.blobs = blobs;
        this.store = store;
        this.models = models;
        this.processes = processes;
        this.config = config;
    }

    @Override
    public Set<JobQueue> queues() {
        return Set.of(JobQueue.CHECKS);
    }

    @Override
    public String kind() {
        return KIND;
    }

    @Override
    public String title() {
        return "Checks of uploads";
    }

    /** Unique for each check: the previous one of the same upload may be about to leave the queue. */
    static String job(UUID upload) {
        return upload + "/" + UUID.randomUUID();
    }

    @Override
    public JobOutcome run(String id) {
        of(UUID.fromString(id.substring(0, id.indexOf('/'))));
        return JobOutcome.DONE;
    }

    /**
     * Checks the upload if it is still waiting for its checks. No transaction is open while the files are read.
     *
     * @throws RuntimeException if the check should be tried again
     */
    void of(UUID upload) {
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

    private void examine(UUID upload, Map<String, String> files, CheckFolder folder) throws IOException {
        BaseModelCheck base = BaseModelCheck.of(folder.path(), models);
        Optional<CheckResponse> response = ask(upload, base, folder);
        if (response.isEmpty()) return;
        CheckResponse answer = response.get();
        requireUndamaged(files, answer.sha256());
        CheckReport checkup = answer.checkup();
        checkup = BaseCopyCheck.added(checkup, answer.copies(), base, models).and(List.of(base.result()));
        Optional<StagedFile> converted = answer.converted() ? Optional.of(stage(folder.path())) : Optional.empty();
        try (HeldBlobs held = blobs.publish(converted.stream().toList())) {
            checks.end(upload, files, checkup, converted);
        } finally {
            converted.ifPresent(staged -> store.delete(staged.key()));
        }
    }

    /** Empty if the answer is no longer needed, or the checks are given up. */
    private Optional<CheckResponse> ask(UUID upload, BaseModelCheck base, CheckFolder folder) throws IOException {
        Duration deadline = deadline(config, folder.bytes());
        CheckRequest request = new CheckRequest(
                folder.path().toString(), base.shapes().map(BaseShapes::tensors).orElse(null), base.whyNoBase());
        try {
            return Optional.of(processes.ask(
                    program(config), request, CheckResponse.class, deadline, () -> checks.isAwaited(upload)));
        } catch (ChildAbortedException e) {
            if (e.reason() == Reason.NOT_NEEDED) return Optional.empty();
            if (e.reason() == Reason.SHUTDOWN || checks.overrun(upload, why(e.reason(), deadline))) throw e;
            LOG.warnf(e, "The checks of the upload %s have failed for good.", upload);
            return Optional.empty();
        }
    }

    /** @param bytes total size of the files */
    static Duration deadline(UploadCheckConfig config, long bytes) {
        return config.deadline()
                .plusSeconds(bytes / Math.max(1, config.bytesPerSecond().asLongValue()));
    }

    static ChildProgram program(UploadCheckConfig config) {
        return new ChildProgram(CheckMain.class, config.memory().asLongValue(), OptionalLong.empty());
    }

    /** Fails if the files read differ from those sent; only sending them again can repair that. */
    static void requireUndamaged(Map<String, String> files, Map<String, String> read) {
        files.forEach((name, sha256) -> {
            if (!sha256.equals(read.get(name))) throw new DamagedObjectException(ObjectKey.blob(sha256));
        });
    }

    /** Describes the unusable file for its owner; empty if it belongs to the base model. */
    static Optional<String> named(Map<String, String> files, UnusableObjectException unusable) {
        String why = unusable instanceof NoSuchObjectException
                ? "%s is missing from the hub's store; send it again."
                : "The stored copy of %s is damaged; send it again.";
        return files.entrySet().stream()
                .filter(file ->
                        unusable.sha256().filter(file.getValue()::equals).isPresent())
                .findFirst()
                .map(file -> why.formatted(file.getKey()));
    }

    private String why(Reason reason, Duration deadline) {
        return switch (reason) {
            case MEMORY ->
                "Checking these files takes more than %s of memory, so the checks were stopped. Save the adapter again with PEFT's save_pretrained, and send that. If it really is so large, ask an administrator to allow the checks more memory."
                        .formatted(Format.bytes(config.memory().asLongValue()));
            case TIME ->
                "Checking these files takes more than %s of processor time, so the checks were stopped. Save the adapter again with PEFT's save_pretrained, and send that. If it really is so large, ask an administrator to allow the checks more time."
                        .formatted(words(deadline.toSeconds()));
            default ->
                "The checks can't read these files: they failed every time. Save the adapter again with PEFT's save_pretrained, and send that. If they fail again, tell an administrator.";
        };
    }

    static String words(long seconds) {
        return seconds < 120 ? seconds + " seconds" : seconds / 60 + " minutes";
    }

    private StagedFile stage(Path folder) {
        try (InputStream in = Files.newInputStream(folder.resolve(AdapterFolder.WEIGHTS.get(0)))) {
            return store.stage(in, Long.MAX_VALUE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
