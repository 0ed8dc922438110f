package io.lorahub.upload.check;

import io.lorahub.account.Publisher;
import io.lorahub.adapter.fingerprint.DuplicateCheck;
import io.lorahub.adapter.fingerprint.FingerprintIndex;
import io.lorahub.adapter.fingerprint.FingerprintIndex.Similar;
import io.lorahub.adapter.publication.CheckReport;
import io.lorahub.engine.checkpoint.AdapterFolder;
import io.lorahub.storage.object.StagedFile;
import io.lorahub.upload.FileKind;
import io.lorahub.upload.FileRelease;
import io.lorahub.upload.Upload;
import io.lorahub.upload.UploadFile;
import io.lorahub.upload.UploadState;
import io.lorahub.upload.readme.Readmes;
import io.quarkus.narayana.jta.QuarkusTransaction;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Event;
import jakarta.transaction.Transactional;
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

    private final DuplicateCheck duplicates;
    private final FingerprintIndex fingerprints;
    private final FileRelease release;
    private final Readmes readmes;
    private final MixCompletion mixes;
    private final Event<UploadReceived> received;

    UploadChecks(
            DuplicateCheck duplicates,
            FingerprintIndex fingerprints,
            FileRelease release,
            Readmes readmes,
            MixCompletion mixes,
            Event<UploadReceived> received) {
        this.duplicates = duplicates;
        this.fingerprints = fingerprints;
        this.release = release;
        this.readmes = readmes;
        this.mixes = mixes;
        this.received = received;
    }

    /** Queues the checks in the caller's transaction, unless files of the upload are incomplete. */
    public void queueIfWhole(Upload upload) {
        if (!upload.isWhole()) return;
        upload.waitForChecks();
        long others =
                Upload.count("person = ?1 and state = ?2 and id <> ?3", upload.person, UploadState.CHECKING, upload.id);
        received.fire(new UploadReceived(upload.id, Math.toIntExact(others)));
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
            giveUp(upload, "The checks were interrupted %d times. %s".formatted(upload.checkTries, advice(upload)));
            return Optional.empty();
        }
        upload.checkTries++;
        return Optional.of(upload.hashes());
    }

    private static String advice(Upload upload) {
        if (upload.checkInterruption != null && !upload.isMix()) return upload.checkInterruption;
        return "Check it again, or %s.".formatted(upload.isMix() ? "discard it" : "send the files again");
    }

    private void giveUp(Upload upload, String why) {
        upload.findings = null;
        if (upload.isMix()) mixes.giveUp(upload, why);
        else upload.fail(why);
    }

    /** Whether the result is still needed: the upload may have been discarded meanwhile. */
    @Transactional
    public boolean isAwaited(UUID id) {
        return Upload.count("id = ?1 and state = ?2", id, UploadState.CHECKING) > 0;
    }

    /**
     * Records that the checks were stopped because they exceeded a limit.
     *
     * @param why a sentence for the member
     * @return whether to try again; otherwise the checks are given up
     */
    @Transactional
    public boolean overrun(UUID id, String why) {
        Upload upload = checking(id).orElse(null);
        if (upload == null) return false;
        upload.checkOverruns++;
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
        checking(id).filter(upload -> upload.checkTries > 0).ifPresent(upload -> upload.checkTries--);
    }

    /** @param why a sentence, shown if the checks stop early every time */
    @Transactional
    public void brokeOff(UUID id, String why) {
        checking(id).ifPresent(upload -> upload.checkInterruption = why);
    }

    private static Optional<Upload> checking(UUID id) {
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
}
