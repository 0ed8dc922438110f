package io.lorahub.upload.check;

import io.lorahub.account.Publisher;
import io.lorahub.adapter.fingerprint.DuplicateCheck;
import io.lorahub.adapter.fingerprint.FingerprintIndex;
import io.lorahub.adapter.fingerprint.FingerprintIndex.Similar;
import io.lorahub.adapter.publication.CheckReport;
import io.lorahub.database.ChangeEvents;
import io.lorahub.engine.checkpoint.AdapterFolder;
import io.lorahub.engine.lora.config.CheckFinding;
import io.lorahub.job.JobQueue;
import io.lorahub.job.Jobs;
import io.lorahub.storage.object.StagedFile;
import io.lorahub.upload.FileKind;
import io.lorahub.upload.FileRelease;
import io.lorahub.upload.Upload;
import io.lorahub.upload.UploadFile;
import io.lorahub.upload.UploadState;
import io.lorahub.upload.readme.Readmes;
import io.lorahub.web.ProblemException;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.infrastructure.Infrastructure;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.transaction.Transactional;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/** The life cycle of an upload's checks: they are queued, start, and end with findings. */
@ApplicationScoped
public class UploadChecks {

    /** How often checks of the same files are started. */
    public static final int MAX_TRIES = 5;

    /**
     * How often checks of the same files can exceed a limit; once may be due to a temporary shortage on the machine.
     */
    public static final int MAX_OVERRUNS = 2;

    /** The kinds of jobs, for adapters and base models; the id of a job is that of the upload and another one. */
    public static final String JOB = "check";

    public static final String BASE_MODEL_JOB = "base-model-check";

    private static final int LOWEST_PRIORITY = -1_000;

    private static final Duration LONGEST_WAIT = Duration.ofMinutes(10);

    /** How often to look without a notification, which can get lost. */
    private static final Duration POLL = Duration.ofSeconds(30);

    private final DuplicateCheck duplicates;
    private final FingerprintIndex fingerprints;
    private final FileRelease release;
    private final Readmes readmes;
    private final MixCompletion mixes;
    private final Jobs jobs;
    private final ChangeEvents events;

    UploadChecks(
            DuplicateCheck duplicates,
            FingerprintIndex fingerprints,
            FileRelease release,
            Readmes readmes,
            MixCompletion mixes,
            Jobs jobs,
            ChangeEvents events) {
        this.duplicates = duplicates;
        this.fingerprints = fingerprints;
        this.release = release;
        this.readmes = readmes;
        this.mixes = mixes;
        this.jobs = jobs;
        this.events = events;
    }

    /**
     * Queues the checks in the caller's transaction, unless files of the upload are incomplete. The first upload of each member
     * precedes the second of any other, so a member with many uploads does not keep all others waiting.
     */
    public void queueIfWhole(Upload upload) {
        if (!upload.isWhole()) return;
        upload.waitForChecks();
        // unique for each check: the previous one of the same upload may be about to leave the queue
        String job = upload.id + "/" + UUID.randomUUID();
        if (upload.isBaseModel()) {
            forgetEnded(upload);
            jobs.add(JobQueue.CHECKS, BASE_MODEL_JOB, job, LOWEST_PRIORITY);
            return;
        }
        long others =
                Upload.count("person = ?1 and state = ?2 and id <> ?3", upload.person, UploadState.CHECKING, upload.id);
        jobs.add(JobQueue.CHECKS, JOB, job, Math.max(LOWEST_PRIORITY, -Math.toIntExact(others)));
    }

    /** Deletes how earlier checks of a base model ended: each name has the latest one only. */
    public static void forgetEnded(Upload upload) {
        Upload.delete(
                "baseModel = ?1 and id <> ?2 and state in (FAILED, PUBLISHED, CANCELLED)", upload.baseModel, upload.id);
    }

    /**
     * The files to check, SHA-256 by name. Empty if the upload does not wait for its checks, or was given up because
     * they stopped early too often.
     */
    @Transactional
    public Optional<Map<String, String>> begin(UUID id) {
        Upload upload = checking(id).orElse(null);
        if (upload == null) return Optional.empty();
        if (upload.checkTries >= MAX_TRIES) {
            String what = upload.isBaseModel() ? "The check was" : "The checks were";
            giveUp(
                    upload,
                    CheckFinding.error(
                            "check-interrupted",
                            upload.isBaseModel() ? upload.baseModel : "",
                            "%s interrupted %d times.".formatted(what, upload.checkTries),
                            advice(upload)));
            return Optional.empty();
        }
        upload.checkTries++;
        upload.checkBegunAt = Instant.now();
        return Optional.of(upload.hashes());
    }

    private static String advice(Upload upload) {
        if (upload.checkInterruption != null && !upload.isMix()) return upload.checkInterruption;
        if (upload.isBaseModel()) return "Register the model again.";
        return "Check it again, or %s.".formatted(upload.isMix() ? "discard it" : "send the files again");
    }

    private void giveUp(Upload upload, CheckFinding why) {
        upload.findings = null;
        if (upload.isBaseModel()) upload.refuse(List.of(why));
        else if (upload.isMix()) mixes.giveUp(upload, why.sentence());
        else upload.fail(why.sentence());
    }

    /** Whether the result is still needed: the upload may have been discarded meanwhile. */
    @Transactional
    public boolean isAwaited(UUID id) {
        return Upload.count("id = ?1 and state = ?2", id, UploadState.CHECKING) > 0;
    }

    @Transactional
    public Optional<UploadState> state(UUID id) {
        return Upload.<Upload>findByIdOptional(id).map(Upload::getState);
    }

    /**
     * Records that the checks were stopped because they exceeded a limit.
     *
     * @param why for the member
     * @return whether to try again; otherwise the checks are given up
     */
    @Transactional
    public boolean overrun(UUID id, CheckFinding why) {
        Upload upload = checking(id).orElse(null);
        if (upload == null) return false;
        upload.checkOverruns++;
        upload.checkBegunAt = null;
        if (upload.checkOverruns < MAX_OVERRUNS) return true;
        giveUp(upload, why);
        return false;
    }

    /**
     * Records that the hub shut down during the checks, which says nothing about the files, so the attempt does not
     * count.
     */
    @Transactional
    public void interrupted(UUID id) {
        checking(id).ifPresent(upload -> {
            upload.checkTries = Math.max(0, upload.checkTries - 1);
            upload.checkBegunAt = null;
        });
    }

    /** @param why a sentence, shown if the checks stop early every time */
    @Transactional
    public void brokeOff(UUID id, String why) {
        checking(id).ifPresent(upload -> {
            upload.checkInterruption = why;
            upload.checkBegunAt = null;
        });
    }

    /** The upload, locked; empty if it does not wait for the result of its checks any more. */
    public static Optional<Upload> checking(UUID id) {
        return Upload.locked(id).filter(upload -> upload.getState() == UploadState.CHECKING);
    }

    /**
     * Stores the results. Does nothing if the upload was cancelled or received other files meanwhile.
     *
     * @param files that were checked
     * @param converted the weights that replace pickled ones
     */
    public void end(UUID id, Map<String, String> files, CheckReport checkup, Optional<StagedFile> converted) {
        Optional<String> weights = converted
                .map(StagedFile::sha256)
                .or(() -> Optional.ofNullable(files.get(AdapterFolder.WEIGHTS.get(0))));
        // compared with others before the transaction, because that takes time
        Optional<List<Similar>> similar =
                weights.flatMap(sha256 -> checkup.fingerprint().map(print -> fingerprints.near(sha256, print)));
        QuarkusTransaction.requiringNew().run(() -> store(id, files, checkup, converted, weights, similar));
    }

    private void store(
            UUID id,
            Map<String, String> files,
            CheckReport checkup,
            Optional<StagedFile> converted,
            Optional<String> weights,
            Optional<List<Similar>> similar) {
        Upload upload = checking(id).filter(u -> u.hashes().equals(files)).orElse(null);
        if (upload == null) return;
        converted.ifPresent(staged -> replaceWeights(upload, staged));
        CheckReport whole = checkup.and(duplicates.check(
                        weights,
                        similar,
                        Publisher.of(upload.person),
                        Optional.ofNullable(upload.adapter),
                        upload.weightsOfParts().keySet()))
                .and(upload.isMix() ? List.of() : readmes.check(upload));
        if (weights.isPresent()) checkup.fingerprint().ifPresent(print -> fingerprints.store(weights.get(), print));
        upload.facts = whole.facts();
        upload.findings = whole.findings();
        if (upload.isMix()) mixes.end(upload, whole, similar.orElse(List.of()));
        else upload.become(whole.passed() ? UploadState.PASSED : UploadState.FAILED);
    }

    private void replaceWeights(Upload upload, StagedFile staged) {
        UploadFile pickled = upload.file(AdapterFolder.WEIGHTS.get(1)).orElseThrow();
        release.afterCommit(List.of(pickled));
        upload.remove(List.of(pickled));
        UploadFile weights = new UploadFile();
        weights.upload = upload;
        weights.name = AdapterFolder.WEIGHTS.get(0);
        weights.kind = FileKind.KEPT;
        weights.size = staged.size();
        weights.sha256 = staged.sha256();
        upload.files.add(weights);
    }

    /**
     * Waits without a thread. Ends on a worker thread when the checks of an upload have ended, however they did.
     *
     * @param left ends when nobody waits any more; the wait then fails with a {@link ClientLeftException}
     */
    public Uni<Void> ended(UUID upload, Uni<Void> left) {
        Uni<Boolean> checking = Uni.combine()
                .any()
                .of(
                        change(upload).ifNoItem().after(POLL).recoverWithItem(() -> null),
                        left.onItem().failWith(ClientLeftException::new))
                .emitOn(Infrastructure.getDefaultWorkerPool())
                .map(changed -> isAwaited(upload));
        return checking.repeat()
                .whilst(still -> still)
                .collect()
                .last()
                .replaceWithVoid()
                .ifNoItem()
                .after(LONGEST_WAIT)
                .failWith(() -> ProblemException.unavailable(
                        "The checks take too long; try again later.", Duration.ofMinutes(5)))
                .emitOn(Infrastructure.getDefaultWorkerPool());
    }

    /** The next change; an item at once if there are no checks, because they may have ended before the watch began. */
    private Uni<Void> change(UUID upload) {
        return Uni.createFrom().emitter(next -> {
            AutoCloseable watch = events.watch(upload, () -> next.complete(null));
            next.onTermination(() -> ChangeEvents.end(watch));
            if (!isAwaited(upload)) next.complete(null);
        });
    }

    /** The client closed the connection before its commit was made. Nobody gets an answer. */
    private static final class ClientLeftException extends RuntimeException {

        private static final long serialVersionUID = 1;

        ClientLeftException() {
            super("The client left before its commit was made.", null, false, false);
        }
    }
}
