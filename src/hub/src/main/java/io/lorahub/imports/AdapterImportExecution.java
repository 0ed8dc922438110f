package io.lorahub.imports;

import io.lorahub.account.ActingMember;
import io.lorahub.account.Person;
import io.lorahub.adapter.AdapterVersion;
import io.lorahub.imports.source.ImportConfig;
import io.lorahub.imports.source.RemoteHub;
import io.lorahub.imports.source.RemoteHubException;
import io.lorahub.imports.source.RepositoryListing;
import io.lorahub.imports.state.FetchedFile;
import io.lorahub.imports.state.FileFetch;
import io.lorahub.imports.state.ImportExecution;
import io.lorahub.imports.state.ImportState;
import io.lorahub.imports.state.ImportStep;
import io.lorahub.imports.state.MemberShare;
import io.lorahub.storage.DatabaseClock;
import io.lorahub.upload.Draft;
import io.lorahub.upload.FilePath;
import io.lorahub.upload.Upload;
import io.lorahub.upload.Uploads;
import io.lorahub.upload.publication.Drafts;
import io.lorahub.upload.publication.UploadPublishing;
import io.lorahub.web.ProblemException;
import io.quarkus.narayana.jta.QuarkusTransaction;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;

/** Imports of adapters. */
@Singleton
class AdapterImportExecution extends ImportExecution<AdapterImport> {

    /** The kind of job. */
    static final String KIND = "import";

    private final ImportAnnouncement announcement;
    private final Uploads uploads;
    private final Drafts drafts;
    private final UploadPublishing publishing;
    private final ImportNotices notices;

    AdapterImportExecution(
            ImportConfig config,
            RemoteHub remote,
            FileFetch fetch,
            ImportAnnouncement announcement,
            Uploads uploads,
            Drafts drafts,
            UploadPublishing publishing,
            ImportNotices notices,
            ActingMember members,
            MemberShare share,
            DatabaseClock clock) {
        super(config, remote, fetch, members, share, clock);
        this.announcement = announcement;
        this.uploads = uploads;
        this.drafts = drafts;
        this.publishing = publishing;
        this.notices = notices;
    }

    @Override
    public String kind() {
        return KIND;
    }

    @Override
    public String title() {
        return "Imports of adapters";
    }

    @Override
    protected Optional<AdapterImport> find(UUID id) {
        return AdapterImport.findByIdOptional(id);
    }

    @Override
    protected Optional<AdapterImport> locked(UUID id) {
        return AdapterImport.locked(id);
    }

    @Override
    protected Optional<String> refusal(Person person) {
        return person.isBanned() ? Optional.of("Your account is banned.") : Optional.empty();
    }

    @Override
    protected void announce(UUID id, RepositoryListing listing) {
        announcement.announce(id, listing);
    }

    @Override
    protected boolean isFirst(FetchedFile file) {
        return file.name().equals(FilePath.README);
    }

    /** Whatever the remaining files hold, it must be possible to publish it if that was asked for. */
    @Override
    protected void requireUseful(UUID id) {
        try {
            announcement.requirePublishable(id);
        } catch (ProblemException e) {
            throw RemoteHubException.lasting("It couldn't be published, so it isn't fetched. " + sentence(e)
                    + " Say it with the import, or import it without publishing and complete its card here.");
        }
    }

    @Override
    protected void received(AdapterImport entry) {
        Upload upload = entry.upload;
        if (upload == null || !upload.getState().isOpen()) {
            entry.become(ImportState.CANCELLED, clock.now());
        } else if (isPublished(upload)) {
            uploads.cancel(upload);
            entry.version = upload.adapter.newest();
            entry.become(ImportState.UNCHANGED, clock.now());
        } else {
            entry.become(entry.publish ? ImportState.CHECKING : ImportState.DONE, clock.now());
        }
    }

    /** Whether the adapter that gets a new version has these files already; a README is not among them. */
    private static boolean isPublished(Upload upload) {
        if (upload.adapter == null) return false;
        AdapterVersion newest = upload.adapter.newest();
        return upload.hashes().entrySet().stream()
                .filter(file -> file.getKey().startsWith("adapter_"))
                .allMatch(file -> file.getValue().equals(newest.files.get(file.getKey())));
    }

    /** Publishes it once it has passed the checks. */
    @Override
    protected Optional<Duration> check(ImportStep step) {
        Upload upload = QuarkusTransaction.requiringNew().call(() -> Upload.findById(step.upload()));
        if (upload == null) return change(step, entry -> entry.become(ImportState.CANCELLED, clock.now()));
        return switch (upload.getState()) {
            case RECEIVING, CHECKING -> Optional.of(CHECKED);
            case FAILED -> fail(step, "It didn't pass the checks. The upload says what to fix.");
            case CANCELLED -> change(step, entry -> entry.become(ImportState.CANCELLED, clock.now()));
            case PUBLISHED -> change(step, this::published);
            case PASSED -> {
                Draft said = QuarkusTransaction.requiringNew().call(() -> titled(step));
                publishing.publish(step.upload(), said);
                yield change(step, this::published);
            }
        };
    }

    private Draft titled(ImportStep step) {
        return ImportAnnouncement.titled(AdapterImport.findById(step.id()), drafts.of(Upload.findById(step.upload())));
    }

    private void published(AdapterImport entry) {
        entry.version = entry.upload.adapter == null ? null : entry.upload.adapter.newest();
        entry.become(ImportState.DONE, clock.now());
    }

    /** Files that have been checked stay as an upload; others are dropped. */
    @Override
    protected void fail(AdapterImport entry, String why) {
        boolean whole = entry.getState() == ImportState.CHECKING;
        if (entry.upload != null && !entry.upload.getState().isOpen()) {
            entry.become(ImportState.CANCELLED, clock.now());
            return;
        }
        if (whole) entry.stayUnpublished(why, clock.now());
        else entry.fail(why, clock.now());
        if (!whole && entry.upload != null) Upload.locked(entry.upload.id).ifPresent(uploads::cancel);
    }

    @Override
    protected void send(AdapterImport entry) {
        notices.send(entry);
    }
}
