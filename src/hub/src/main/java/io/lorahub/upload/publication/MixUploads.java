package io.lorahub.upload.publication;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lorahub.account.Person;
import io.lorahub.account.Viewer;
import io.lorahub.adapter.AdapterVersion;
import io.lorahub.adapter.publication.Publication;
import io.lorahub.adapter.publication.Publishing;
import io.lorahub.storage.Blobs;
import io.lorahub.upload.Draft;
import io.lorahub.upload.FileKind;
import io.lorahub.upload.Upload;
import io.lorahub.upload.UploadFile;
import io.lorahub.upload.UploadLimits;
import io.lorahub.upload.UploadState;
import io.lorahub.upload.UploadView;
import io.lorahub.upload.Uploads;
import io.lorahub.upload.check.UploadChecks;
import io.lorahub.web.FieldError;
import io.lorahub.web.ProblemException;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.transaction.Transactional;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * Publishes adapters made by runs and merges, as uploads whose files are already present. They are checked like any
 * other upload, and are then published automatically.
 */
@ApplicationScoped
public class MixUploads {

    /** The time within which an identical request counts as a second click. */
    private static final Duration SECOND_CLICK = Duration.ofMinutes(1);

    private static final String WEIGHTS = "adapter_model.safetensors";

    private final Viewer viewer;
    private final UploadLimits limits;
    private final Uploads uploads;
    private final Publishing publishing;
    private final Blobs blobs;
    private final UploadChecks checks;

    MixUploads(
            Viewer viewer,
            UploadLimits limits,
            Uploads uploads,
            Publishing publishing,
            Blobs blobs,
            UploadChecks checks) {
        this.viewer = viewer;
        this.limits = limits;
        this.uploads = uploads;
        this.publishing = publishing;
        this.blobs = blobs;
        this.checks = checks;
    }

    /**
     * Queues the checks of an adapter, which is published once it passes. A repeated request returns the existing
     * upload; earlier failed attempts are dropped.
     *
     * @param publication an adapter made by a run or a merge and not yet checked
     * @throws ProblemException with everything that prevents publishing, whatever the result of the checks
     */
    @Transactional
    public Upload publish(Publication publication) {
        Person person = viewer.require();
        limits.lock(person); // a second click waits here
        Upload upload = upload(person, publication);
        List<Upload> earlier = earlier(person, upload);
        Optional<Upload> same =
                earlier.stream().filter(other -> isSecondClick(other, upload)).findFirst();
        if (same.isPresent()) return same.get();
        List<FieldError> faults = publishing.faultsBeforeChecks(publication);
        if (!faults.isEmpty()) throw ProblemException.invalid(faults);
        earlier.stream().filter(other -> other.getState() == UploadState.FAILED).forEach(uploads::cancel);
        limits.checkRoom(person, 1, 0);
        upload.persist();
        checks.queueIfWhole(upload);
        return upload;
    }

    @Transactional
    public UploadView view(Upload upload) {
        return UploadView.of(Upload.findById(upload.id)); // one of an earlier request isn't wholly loaded
    }

    private Upload upload(Person person, Publication publication) {
        Upload upload = new Upload();
        upload.person = person;
        upload.publisher = publication.publisher();
        upload.adapter =
                publishing.existing(publication.publisher(), publication.name()).orElse(null);
        upload.folder = publication.name();
        upload.card = Draft.of(publication).json();
        upload.run = publication.origin().run();
        ObjectNode parts = JsonNodeFactory.instance.objectNode();
        publication.origin().parts().forEach((version, weight) -> parts.put(version.toString(), weight));
        upload.parts = parts;
        publication.files().forEach((name, sha256) -> {
            UploadFile file = new UploadFile();
            file.upload = upload;
            file.name = name;
            file.kind = FileKind.KEPT;
            file.sha256 = sha256;
            file.size = blobs.size(sha256);
            upload.files.add(file);
        });
        return upload;
    }

    /** Of the same run, or of merges; failed ones of other merges are left out, so that they aren't dropped. */
    private static List<Upload> earlier(Person person, Upload upload) {
        if (upload.run != null) return Upload.ofRun(person, upload.run);
        return Upload.ofMerges(person, Instant.now().minus(SECOND_CLICK)).stream()
                .filter(other -> other.getState() != UploadState.FAILED
                        || Objects.equals(
                                other.hashes().get(WEIGHTS), upload.hashes().get(WEIGHTS)))
                .toList();
    }

    private static boolean isSecondClick(Upload earlier, Upload upload) {
        if (!upload.card.equals(earlier.card) || !upload.publisher.id.equals(earlier.publisher.id)) return false;
        if (earlier.getState() == UploadState.CHECKING) return earlier.hashes().equals(upload.hashes());
        return earlier.getState() == UploadState.PUBLISHED
                && earlier.adapter != null
                && earlier.updatedAt.isAfter(Instant.now().minus(SECOND_CLICK))
                && newest(earlier).files.equals(upload.hashes());
    }

    private static AdapterVersion newest(Upload published) {
        return published.adapter.newest();
    }
}
