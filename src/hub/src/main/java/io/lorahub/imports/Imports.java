package io.lorahub.imports;

import io.lorahub.account.Person;
import io.lorahub.account.Publisher;
import io.lorahub.account.Viewer;
import io.lorahub.adapter.Adapter;
import io.lorahub.adapter.AdapterVersion;
import io.lorahub.adapter.publication.FolderName;
import io.lorahub.adapter.publication.Publishing;
import io.lorahub.imports.source.AllowedHosts;
import io.lorahub.imports.source.ImportConfig;
import io.lorahub.imports.source.RepositoryAddress;
import io.lorahub.imports.state.ImportState;
import io.lorahub.job.JobQueue;
import io.lorahub.job.Jobs;
import io.lorahub.storage.DatabaseClock;
import io.lorahub.storage.upkeep.SweepBegins;
import io.lorahub.upload.Draft;
import io.lorahub.upload.MemberStorage;
import io.lorahub.upload.Upload;
import io.lorahub.upload.UploadLimits;
import io.lorahub.upload.UploadState;
import io.lorahub.upload.Uploads;
import io.lorahub.web.ProblemException;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.transaction.Transactional;
import java.net.URI;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** The viewer's own imports; those of others are not accessible. */
@ApplicationScoped
public class Imports {

    private static final int SHOWN = 50;

    private final Viewer viewer;
    private final AllowedHosts hosts;
    private final Uploads uploads;
    private final UploadLimits limits;
    private final MemberStorage storage;
    private final Publishing publishing;
    private final ImportAnnouncement announcement;
    private final Jobs jobs;
    private final ImportConfig config;
    private final DatabaseClock clock;

    Imports(
            Viewer viewer,
            AllowedHosts hosts,
            Uploads uploads,
            UploadLimits limits,
            MemberStorage storage,
            Publishing publishing,
            ImportAnnouncement announcement,
            Jobs jobs,
            ImportConfig config,
            DatabaseClock clock) {
        this.viewer = viewer;
        this.hosts = hosts;
        this.uploads = uploads;
        this.limits = limits;
        this.storage = storage;
        this.publishing = publishing;
        this.announcement = announcement;
        this.jobs = jobs;
        this.config = config;
        this.clock = clock;
    }

    /** Addresses of the hubs from which members can import; empty if imports are off. */
    public List<URI> hubs() {
        return hosts.hubs();
    }

    /** @throws ProblemException if it can't be imported, as far as that is known before the other hub is asked */
    @Transactional
    public AdapterImport start(ImportRequest request) {
        Person person = viewer.require();
        RepositoryAddress source = RepositoryAddress.of(request.from(), "from").at(request.subfolder(), "subfolder");
        AdapterImport entry = new AdapterImport();
        entry.person = person;
        entry.hub = hosts.hub(source, request.hub()).toString();
        entry.repository = source.repository();
        entry.revision = source.revision();
        entry.subfolder = source.subfolder().orElse(null);
        entry.token = AllowedHosts.token(request.token());
        entry.publish = request.publish();
        setTarget(entry, request.said());
        if (entry.publish) announcement.requirePublishable(entry);
        limits.lock(person); // requests at the same time are counted one after another
        AdapterImport.openOf(person).ifPresent(Imports::refuseSecond);
        storage.requireRoom(person);
        entry.createdAt = clock.now();
        entry.persist();
        jobs.add(JobQueue.IMPORTS, AdapterImportExecution.KIND, entry.id.toString(), 0);
        return entry;
    }

    /** Checks the member's rights on publisher and adapter now, so that nothing is fetched in vain. */
    private void setTarget(AdapterImport entry, Draft said) {
        Upload preview = new Upload(); // never stored
        preview.person = entry.person;
        uploads.setTarget(preview, said.publisher(), said.adapter());
        if (preview.adapter == null) {
            continued(entry, said, preview.publisher).ifPresent(adapter -> {
                preview.adapter = adapter;
                preview.publisher = adapter.publisher;
            });
        }
        entry.publisher = preview.publisher == null ? null : preview.publisher.name;
        entry.target = preview.adapter == null ? null : preview.adapter.address();
        entry.card = entry.target == null
                ? said.requireShort().json()
                : Draft.forVersionOf(entry.target).over(said).requireShort().json();
    }

    /**
     * The adapter that gets a new version although the request doesn't name it: the one of the name that was said, or
     * else what an earlier import of the same folder has become. What is published without a name gets the
     * repository's, so it becomes a version of an adapter of that name.
     *
     * @param chosen publisher; null for the member's own
     */
    private Optional<Adapter> continued(AdapterImport entry, Draft said, Publisher chosen) {
        if (said.name() != null && !said.name().isBlank()) return existing(entry.person, chosen, said.name());
        Optional<Adapter> earlier = AdapterVersion.importedFrom(entry.source(), entry.person).stream()
                .map(version -> version.adapter)
                .filter(adapter -> chosen == null || adapter.publisher.id.equals(chosen.id))
                .findFirst();
        if (earlier.isPresent() || !entry.publish) return earlier;
        return FolderName.asName(entry.name()).flatMap(name -> existing(entry.person, chosen, name));
    }

    private Optional<Adapter> existing(Person person, Publisher chosen, String name) {
        return Optional.ofNullable(chosen)
                .or(() -> Publisher.named(person.name))
                .flatMap(publisher -> publishing.existing(publisher, name));
    }

    private static void refuseSecond(AdapterImport open) {
        throw ProblemException.conflict(
                "You are importing %s; wait until that ends, or cancel it.".formatted(open.label()));
    }

    /** @throws ProblemException 404 if it does not exist or belongs to another member */
    public AdapterImport own(UUID id) {
        return mine(AdapterImport.findByIdOptional(id));
    }

    private AdapterImport mine(Optional<AdapterImport> candidate) {
        Person person = viewer.require();
        return candidate
                .filter(entry -> entry.person.id.equals(person.id))
                .orElseThrow(() -> ProblemException.notFound("import"));
    }

    /** The newest imports. */
    public List<AdapterImport> list() {
        return AdapterImport.of(viewer.require(), SHOWN);
    }

    /** Deletes those that ended long ago; uploads and versions stay. */
    @Transactional
    void dropOld(@Observes SweepBegins sweep) {
        AdapterImport.deleteEnded(clock.now().minus(config.keep()));
    }

    /** Stops it and drops what has arrived. Does nothing if it has ended. */
    @Transactional
    public AdapterImport cancel(UUID id) {
        AdapterImport entry = mine(AdapterImport.locked(id));
        if (!entry.getState().isOpen()) return entry;
        Optional<Upload> upload = Optional.ofNullable(entry.upload).flatMap(known -> Upload.locked(known.id));
        if (upload.filter(known -> known.getState() == UploadState.PUBLISHED).isPresent()) return entry; // just now
        entry.become(ImportState.CANCELLED, clock.now());
        upload.ifPresent(uploads::cancel);
        return entry;
    }
}
