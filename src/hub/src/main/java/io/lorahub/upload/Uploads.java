package io.lorahub.upload;

import io.lorahub.account.AccessToken.Scope;
import io.lorahub.account.Person;
import io.lorahub.account.Publisher;
import io.lorahub.account.Role;
import io.lorahub.account.Viewer;
import io.lorahub.adapter.Adapter;
import io.lorahub.adapter.AdapterAddress;
import io.lorahub.adapter.AdapterRights;
import io.lorahub.adapter.Adapters;
import io.lorahub.web.ProblemException;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.transaction.Transactional;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** The viewer's own uploads; those of others are not accessible. */
@ApplicationScoped
public class Uploads {

    private final Viewer viewer;
    private final Adapters adapters;
    private final AdapterRights rights;
    private final UploadLimits limits;
    private final FileRelease release;

    Uploads(Viewer viewer, Adapters adapters, AdapterRights rights, UploadLimits limits, FileRelease release) {
        this.viewer = viewer;
        this.adapters = adapters;
        this.rights = rights;
        this.limits = limits;
        this.release = release;
    }

    /** @throws ProblemException 404 if it does not exist, belongs to another member or is a base model */
    public Upload own(UUID id) {
        return mine(Upload.<Upload>findByIdOptional(id).filter(upload -> !upload.isBaseModel()));
    }

    /** Locks the upload until the caller's transaction ends. */
    public Upload ownLocked(UUID id) {
        return mine(Upload.locked(id).filter(upload -> !upload.isBaseModel()));
    }

    /** Like {@link #own}, for what adapters and base models have in common. */
    public Upload ownOfAnyKind(UUID id) {
        return mine(Upload.findByIdOptional(id));
    }

    /** Like {@link #ownLocked}, for what adapters and base models have in common. */
    public Upload ownOfAnyKindLocked(UUID id) {
        return mine(Upload.locked(id));
    }

    private Upload mine(Optional<Upload> upload) {
        Person person = viewer.require();
        return upload.filter(candidate -> candidate.person != null && candidate.person.id.equals(person.id))
                .filter(candidate -> !candidate.isBaseModel() || mayRegister(person))
                .orElseThrow(() -> ProblemException.notFound("upload"));
    }

    /** Administrators, but not with a token that may do less. */
    private boolean mayRegister(Person person) {
        return person.role == Role.ADMIN && (viewer.token().isEmpty() || viewer.scope() == Scope.ADMINISTER);
    }

    /** The uploads that arrived together with this one. */
    public List<Upload> batch(UUID id) {
        return own(id).batch();
    }

    /** The storage that the viewer uses, and the limit. */
    @Transactional
    public Quota quota() {
        return limits.quota(viewer.require());
    }

    /** The open uploads, newest first. */
    public List<Upload> open() {
        return Upload.openOf(viewer.require());
    }

    /** Announces files; each adapter among them becomes an upload of its own. */
    @Transactional
    public List<Upload> announce(List<FileEntry> files, UploadTarget target) {
        return announce(files, target, 0);
    }

    /** @param here bytes of them that are stored already, so that they are neither sent nor need room */
    @Transactional
    public List<Upload> announce(List<FileEntry> files, UploadTarget target, long here) {
        Person person = viewer.require();
        limits.checkCount(files.size());
        List<FolderEntry> folders = FolderEntry.of(files);
        limits.checkSizes(folders);
        limits.checkRoom(
                person,
                folders.size(),
                folders.stream().mapToLong(FolderEntry::size).sum() - here);
        UUID batch = UUID.randomUUID();
        List<Upload> uploads = new ArrayList<>();
        for (FolderEntry folder : folders) {
            Upload upload = new Upload();
            upload.batchId = batch;
            upload.person = person;
            upload.folder = folder.name().isEmpty() && target.folder() != null ? target.folder() : folder.name();
            setTarget(upload, target, folders.size());
            folder.files().forEach(file -> upload.add(file));
            upload.persist();
            uploads.add(upload);
        }
        return uploads;
    }

    private void setTarget(Upload upload, UploadTarget target, int adaptersSent) {
        if (target.adapter() != null && adaptersSent > 1) {
            throw ProblemException.invalid(
                    "adapter",
                    "These are %d adapters, but a new version of %s is one. Send only its files."
                            .formatted(adaptersSent, target.adapter()));
        }
        setTarget(upload, target.publisher(), target.adapter());
        if (upload.adapter != null)
            upload.card = Draft.forVersionOf(target.adapter()).json();
    }

    /**
     * Chooses the publisher and whether the upload becomes a new adapter or a new version.
     *
     * @param publisher to publish under; null to keep the current choice
     * @param adapter {@code publisher/name} of the adapter that gets a new version; empty for a new adapter, null to
     *     keep the current choice
     */
    public void setTarget(Upload upload, String publisher, String adapter) {
        if (adapter != null && adapter.isBlank()) upload.adapter = null;
        else if (adapter != null) {
            upload.adapter = adapter(adapter);
            upload.publisher = upload.adapter.publisher;
        }
        if (publisher == null || publisher.isBlank() || upload.adapter != null) return;
        upload.publisher = Publisher.named(publisher)
                .filter(rights::mayPublishAs)
                .orElseThrow(() -> ProblemException.invalid(
                        "publisher",
                        "You aren't a member of the publisher %s. Choose your own name or one of your groups."
                                .formatted(publisher)));
    }

    private Adapter adapter(String address) {
        AdapterAddress parts = AdapterAddress.find(address)
                .filter(parsed -> parsed.version().isEmpty())
                .orElseThrow(() -> ProblemException.invalid(
                        "adapter", "\"%s\" is not the address of an adapter, publisher/name.".formatted(address)));
        Adapter adapter = adapters.visible(parts.publisher(), parts.name());
        if (!rights.mayEdit(adapter)) {
            throw ProblemException.forbidden("Only members of %s can add versions.".formatted(parts.publisher()));
        }
        return adapter;
    }

    /** Announces files that replace those of the same names or are added; the upload waits for them. */
    @Transactional
    public Upload replace(UUID id, List<FileEntry> files) {
        Upload upload = ownLocked(id);
        requireReplaceable(upload);
        limits.checkCount(files.size());
        FolderEntry folder = FolderEntry.more(files);
        limits.checkSizes(List.of(folder));
        limits.checkDay(upload.person, folder.size());
        List<UploadFile> replaced = upload.replacedBy(folder.files());
        remove(upload, replaced);
        folder.files().forEach(upload::add);
        if (folder.files().stream().anyMatch(file -> file.name().marksAdapter())) upload.importedFrom = null;
        upload.receiveAgain();
        return upload;
    }

    /** Drops files, in the caller's transaction. */
    public void remove(Upload upload, List<UploadFile> files) {
        release.afterCommit(files);
        upload.remove(files);
    }

    /** @throws ProblemException if files of the upload cannot be replaced, or it does not belong to the viewer */
    public void requireReplaceable(UUID id) {
        requireReplaceable(own(id));
    }

    private static void requireReplaceable(Upload upload) {
        upload.requireSent();
        if (upload.getState() == UploadState.CHECKING || !upload.getState().isOpen()) {
            throw ProblemException.conflict(
                    upload.getState() == UploadState.CHECKING
                            ? "The files are being checked. Send others once the check has finished."
                            : "This upload has ended; start a new one.");
        }
    }

    /** Cancels the upload and drops its files. */
    @Transactional
    public void cancel(UUID id) {
        cancel(ownOfAnyKindLocked(id));
    }

    public void cancel(Upload upload) {
        if (!upload.getState().isOpen()) return;
        release.afterCommit(upload.files);
        upload.become(UploadState.CANCELLED);
    }
}
