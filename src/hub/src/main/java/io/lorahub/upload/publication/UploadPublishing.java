package io.lorahub.upload.publication;

import io.lorahub.account.Publisher;
import io.lorahub.adapter.AdapterRights;
import io.lorahub.adapter.AdapterVersion;
import io.lorahub.adapter.Visibility;
import io.lorahub.adapter.card.Card;
import io.lorahub.adapter.fingerprint.Duplicates;
import io.lorahub.adapter.fingerprint.FingerprintIndex.Similar;
import io.lorahub.adapter.publication.CheckReport;
import io.lorahub.adapter.publication.Origin;
import io.lorahub.adapter.publication.Publication;
import io.lorahub.adapter.publication.Publishing;
import io.lorahub.adapter.publication.PublishingException;
import io.lorahub.engine.inspection.CheckResult;
import io.lorahub.engine.lora.config.CheckFinding;
import io.lorahub.upload.Draft;
import io.lorahub.upload.FileKind;
import io.lorahub.upload.FilePath;
import io.lorahub.upload.Upload;
import io.lorahub.upload.UploadState;
import io.lorahub.upload.Uploads;
import io.lorahub.upload.readme.Readmes;
import io.lorahub.upload.readme.SentRecipe;
import io.lorahub.web.FieldError;
import io.lorahub.web.ProblemException;
import io.quarkus.narayana.jta.QuarkusTransaction;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.LockModeType;
import jakarta.transaction.Transactional;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Creates an adapter, or a version of one, from an upload that has passed its checks. */
@ApplicationScoped
public class UploadPublishing {

    private static final int ALIKE = 3;

    private final Uploads uploads;
    private final Drafts drafts;
    private final Publishing publishing;
    private final Duplicates duplicates;
    private final AdapterRights rights;

    UploadPublishing(
            Uploads uploads, Drafts drafts, Publishing publishing, Duplicates duplicates, AdapterRights rights) {
        this.uploads = uploads;
        this.drafts = drafts;
        this.publishing = publishing;
        this.duplicates = duplicates;
        this.rights = rights;
    }

    /**
     * @param said values that override those entered before
     * @throws ProblemException with everything that prevents publishing; nothing has been changed then
     */
    public AdapterVersion publish(UUID id, Draft said) {
        List<Similar> near = near(id);
        return QuarkusTransaction.joiningExisting().call(() -> publish(id, said, near));
    }

    /** Other weights that are similar to those of the upload; finding them takes time. */
    public List<Similar> near(UUID id) {
        Map<String, String> files =
                QuarkusTransaction.joiningExisting().call(() -> uploads.own(id).hashes());
        return duplicates.near(files, Optional.empty());
    }

    /**
     * Publishes in the caller's transaction.
     *
     * @param near as {@link #near} has found them before
     */
    public AdapterVersion publish(UUID id, Draft said, List<Similar> near) {
        Upload upload = locked(id);
        requirePassed(upload);
        drafts.change(upload, said);
        Draft.goneTarget(upload).ifPresent(UploadPublishing::refuseGone);
        requirePassed(upload); // the new values may have sent it back to its checks
        targetExisting(upload);
        try {
            AdapterVersion version = publishing.publish(publication(upload, drafts.of(upload), near));
            version.importedFrom = upload.importedFrom;
            upload.become(UploadState.PUBLISHED);
            upload.adapter = version.adapter;
            upload.publisher = version.adapter.publisher;
            return version;
        } catch (PublishingException e) {
            throw ProblemException.invalid(e.causes());
        }
    }

    /**
     * Publishes from a form. A name that is already taken counts as a mistake here, because the form has a choice for
     * new versions.
     */
    public AdapterVersion publishFromForm(UUID id, Draft typed) {
        List<Similar> near = near(id);
        return QuarkusTransaction.joiningExisting().call(() -> {
            refuseTaken(id, typed);
            return publish(id, typed, near);
        });
    }

    private void refuseTaken(UUID id, Draft typed) {
        Upload upload = locked(id);
        boolean isNew = typed.adapter() == null
                ? upload.adapter == null
                : typed.adapter().isBlank();
        if (isNew && typed.name() != null) {
            uploads.setTarget(upload, typed.publisher(), "");
            Publisher publisher = publisher(upload);
            publishing.existing(publisher, typed.name()).ifPresent(taken -> {
                throw ProblemException.invalid(
                        "name",
                        "%s already exists. Choose another name, or choose above to publish a new version of it."
                                .formatted(taken.address()));
            });
        }
    }

    /**
     * Refuses uploads that could not be published whatever the content of their files, so that the files need not be
     * sent first.
     *
     * @param said the values for publishing
     */
    @Transactional
    public void requirePublishable(Upload announced, Draft said) {
        Upload preview = announced.sibling(); // never stored
        preview.folder = announced.folder;
        preview.adapter = announced.adapter;
        uploads.setTarget(preview, said.publisher(), said.adapter());
        preview.card = said.json();
        targetExisting(preview);
        preview.findings = CheckReport.pending().findings();
        Card card = drafts.of(preview).card();
        boolean readmeMaySay = announced.files.stream()
                .anyMatch(file ->
                        file.kind == FileKind.ARCHIVE || file.name.equals(FilePath.README) && file.sha256 == null);
        List<FieldError> faults = publishing.faultsOfWords(publication(preview, drafts.of(preview), List.of())).stream()
                .filter(fault -> !(readmeMaySay && preview.adapter == null && isMissing(fault, card)))
                .toList();
        if (!faults.isEmpty()) throw ProblemException.invalid(faults);
    }

    private static boolean isMissing(FieldError fault, Card card) {
        return fault.field().equals("title") && card.title().isEmpty()
                || fault.field().equals("licence") && card.licence().isEmpty();
    }

    /**
     * A name that the publisher already uses means a new version of that adapter, and fields that were not entered keep
     * their values. Others who publish under the same name or delete it have to wait, so that the adapter can neither
     * appear nor disappear meanwhile.
     */
    private void targetExisting(Upload upload) {
        String name = drafts.of(upload).name();
        if (upload.adapter != null || name == null) return;
        Publisher publisher = Publisher.findById(publisher(upload).id, LockModeType.PESSIMISTIC_WRITE);
        upload.adapter = publishing.existingLocked(publisher, name).orElse(null);
    }

    private Upload locked(UUID id) {
        Optional<Long> target = Upload.target(id);
        Upload upload = uploads.ownLocked(id);
        if (target.isPresent() && upload.adapter == null) {
            throw ProblemException.conflict(
                    "The adapter that this was meant for was deleted. You can publish it as a new adapter.");
        }
        return upload;
    }

    private static void refuseGone(String address) {
        throw ProblemException.conflict(
                "%s, which this was meant for, was deleted. Publish it as a new adapter, and give it a name."
                        .formatted(address));
    }

    private Publication publication(Upload upload, Draft draft, List<Similar> near) {
        Map<String, String> files = upload.hashes();
        files.remove(FilePath.RECIPE);
        Origin origin = upload.file(FilePath.RECIPE)
                .filter(file -> file.card != null)
                .map(file -> new SentRecipe(file.card).origin(version -> rights.maySee(version.adapter)))
                .orElse(Origin.TRAINED);
        CheckReport report = CheckReport.stored(upload.facts, upload.findings).without(Readmes.CHECK);
        return publication(upload, draft, files, report, origin, near);
    }

    /** @param files SHA-256 by name */
    static Publication publication(
            Upload upload,
            Draft draft,
            Map<String, String> files,
            CheckReport report,
            Origin origin,
            List<Similar> near) {
        return new Publication(
                publisher(upload),
                upload.adapter == null ? draft.name() : upload.adapter.name,
                draft.card(),
                Visibility.of(draft.visibility(), Visibility.PRIVATE),
                draft.version(),
                draft.notes(),
                files,
                report,
                origin,
                near);
    }

    /** The publisher: that of the adapter, the chosen one, or the member's own. */
    static Publisher publisher(Upload upload) {
        return Optional.ofNullable(upload.adapter)
                .map(adapter -> adapter.publisher)
                .or(() -> Optional.ofNullable(upload.publisher))
                .or(() -> Publisher.named(upload.person.name))
                .orElseThrow(() -> ProblemException.invalid("publisher", "Choose a publisher."));
    }

    private static void requirePassed(Upload upload) {
        switch (upload.getState()) {
            case PASSED -> {}
            case RECEIVING -> throw ProblemException.conflict("Some files are missing; send them first.");
            case CHECKING ->
                throw ProblemException.conflict("The files are being checked. Publish it once the check has finished.");
            case FAILED -> throw failed(upload);
            case PUBLISHED -> throw ProblemException.conflict("It is already published.");
            case CANCELLED -> throw ProblemException.conflict("This upload was cancelled; start a new one.");
        }
    }

    private static ProblemException failed(Upload upload) {
        if (upload.failure != null) return ProblemException.invalid("files", upload.failure);
        List<CheckFinding> faults = CheckReport.stored(upload.facts, upload.findings).checks().stream()
                .filter(check -> check.state() == CheckResult.State.FAILED)
                .flatMap(check -> check.findings().stream())
                .filter(finding -> finding.isError())
                .toList();
        return faults.size() == 1
                ? ProblemException.invalid(causes(faults))
                : ProblemException.invalid("The checks found %d faults.".formatted(faults.size()), causes(faults));
    }

    private static List<FieldError> causes(List<CheckFinding> faults) {
        return faults.stream()
                .collect(Collectors.groupingBy(CheckFinding::code, LinkedHashMap::new, Collectors.toList()))
                .values()
                .stream()
                .flatMap(UploadPublishing::alike)
                .map(sentence -> new FieldError("files", sentence))
                .toList();
    }

    /** The same problem often repeats in every module; the upload has all findings. */
    private static Stream<String> alike(List<CheckFinding> findings) {
        Stream<String> some = findings.stream().limit(ALIKE).map(CheckFinding::sentence);
        int more = findings.size() - ALIKE;
        if (more <= 0) return some;
        String rest = more == 1
                ? "There is 1 more fault like these."
                : "There are %d more faults like these.".formatted(more);
        return Stream.concat(some, Stream.of(rest));
    }
}
