package io.lorahub.imports;

import io.lorahub.account.ActingMember;
import io.lorahub.account.Person;
import io.lorahub.adapter.AdapterVersion;
import io.lorahub.imports.AdapterImport.FetchedFile;
import io.lorahub.imports.source.ImportConfig;
import io.lorahub.imports.source.RemoteHub;
import io.lorahub.imports.source.RemoteHubException;
import io.lorahub.imports.state.ImportHandler;
import io.lorahub.imports.state.ImportState;
import io.lorahub.imports.state.MemberShare;
import io.lorahub.imports.state.RepositoryImport;
import io.lorahub.storage.DatabaseClock;
import io.lorahub.storage.object.StorageException;
import io.lorahub.upload.Draft;
import io.lorahub.upload.FilePath;
import io.lorahub.upload.Upload;
import io.lorahub.upload.UploadFile;
import io.lorahub.upload.Uploads;
import io.lorahub.upload.publication.Drafts;
import io.lorahub.upload.publication.UploadPublishing;
import io.lorahub.web.FieldError;
import io.lorahub.web.ProblemException;
import io.lorahub.web.ProblemType;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.security.ForbiddenException;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jboss.logging.Logger;

/** Does an import step by step; each step can be repeated after the process was killed. */
@ApplicationScoped
class ImportExecution implements ImportHandler {

    /** The kind of job. */
    static final String KIND = "import";

    private static final Logger LOG = Logger.getLogger(ImportExecution.class);

    private static final Duration CHECKED = Duration.ofSeconds(1);

    private final ImportConfig config;
    private final RemoteHub remote;
    private final ImportAnnouncement announcement;
    private final FileFetch fetch;
    private final Uploads uploads;
    private final Drafts drafts;
    private final UploadPublishing publishing;
    private final ImportNotices notices;
    private final ActingMember members;
    private final MemberShare share;
    private final DatabaseClock clock;
    private volatile boolean stopping;

    ImportExecution(
            ImportConfig config,
            RemoteHub remote,
            ImportAnnouncement announcement,
            FileFetch fetch,
            Uploads uploads,
            Drafts drafts,
            UploadPublishing publishing,
            ImportNotices notices,
            ActingMember members,
            MemberShare share,
            DatabaseClock clock) {
        this.config = config;
        this.remote = remote;
        this.announcement = announcement;
        this.fetch = fetch;
        this.uploads = uploads;
        this.drafts = drafts;
        this.publishing = publishing;
        this.notices = notices;
        this.members = members;
        this.share = share;
        this.clock = clock;
    }

    /** Breaks off what is being fetched; another process, or this one after its restart, continues. */
    void stop() {
        stopping = true;
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
    public Duration retryAfter(int failures) {
        return config.pause();
    }

    @Override
    public Optional<Duration> next(UUID id) {
        Optional<ImportStep> step = step(id);
        if (step.isEmpty()) return Optional.empty();
        Person person = step.get().person();
        return share.run(person, () -> members.call(person, () -> tried(step.get())));
    }

    private static Optional<ImportStep> step(UUID id) {
        return QuarkusTransaction.requiringNew()
                .call(() -> AdapterImport.<AdapterImport>findByIdOptional(id)
                        .filter(entry -> entry.getState().isOpen())
                        .map(ImportStep::of));
    }

    private Optional<Duration> tried(ImportStep step) {
        try {
            if (step.person().isBanned()) return fail(step, "Your account is banned.");
            if (isLate(step))
                return fail(
                        step,
                        "It took longer than %d hours."
                                .formatted(config.longest().toHours()));
            return switch (step.state()) {
                case WAITING -> announce(step);
                case FETCHING -> fetch(step);
                case CHECKING -> publish(step);
                default -> Optional.empty();
            };
        } catch (RemoteHubException e) {
            return e.isPassing() ? retry(step, e.getMessage(), e.pause(), e.isSlow()) : fail(step, e.getMessage());
        } catch (ProblemException e) {
            Optional<Duration> pause = Optional.ofNullable(e.headers().get("Retry-After"))
                    .filter(seconds -> e.type() == ProblemType.CONFLICT)
                    .map(seconds -> Duration.ofSeconds(Long.parseLong(seconds)));
            return pause.isPresent() ? retry(step, e.getMessage(), pause, false) : fail(step, sentence(e));
        } catch (ForbiddenException e) {
            return fail(step, e.getMessage());
        } catch (StorageException e) {
            LOG.warnf(e, "Files of the import %s could not be stored; it will be tried again.", step.id());
            return retry(step, "The files could not be stored here.", Optional.empty(), false);
        } catch (RuntimeException e) {
            LOG.errorf(e, "The import %s failed; it will be tried again a few times.", step.id());
            return retry(step, "Something went wrong on this hub.", Optional.empty(), false);
        }
    }

    private boolean isLate(ImportStep step) {
        return clock.now().isAfter(step.createdAt().plus(config.longest()));
    }

    private static String sentence(ProblemException e) {
        if (e.causes().isEmpty()) return e.getMessage();
        return e.causes().stream().map(FieldError::message).collect(Collectors.joining(" "));
    }

    private Optional<Duration> announce(ImportStep step) {
        announcement.announce(step.id(), remote.listing(step.source(), step.revision(), () -> isWanted(step)));
        Optional<ImportStep> next = step(step.id());
        return next.isEmpty() ? Optional.empty() : fetch(next.get());
    }

    private Optional<Duration> fetch(ImportStep step) {
        boolean publishable = false;
        for (FetchedFile file : step.files()) {
            if (!publishable && !file.name().equals(FilePath.README)) {
                Optional<String> fault = fault(step);
                if (fault.isPresent()) return fail(step, fault.get());
                publishable = true;
            }
            Optional<Long> offset = offset(step, file);
            if (offset.isPresent()) {
                fetch.fetch(step.source(), step.commit(), file, step.upload(), offset.get(), () -> isWanted(step));
            }
            if (file.hasGitIdOnly()) sha256(step, file).ifPresent(sha256 -> fetch.requireGitId(file, sha256));
        }
        return change(step, this::received);
    }

    /** Why it couldn't be published whatever the remaining files hold; empty if nothing is known against it. */
    private Optional<String> fault(ImportStep step) {
        try {
            announcement.requirePublishable(step.id());
            return Optional.empty();
        } catch (ProblemException e) {
            return Optional.of("It couldn't be published, so it isn't fetched. " + sentence(e)
                    + " Say it with the import, or import it without publishing and complete its card here.");
        }
    }

    /** How much of a file is here; empty if it is whole or not needed. */
    private static Optional<Long> offset(ImportStep step, FetchedFile file) {
        return QuarkusTransaction.requiringNew()
                .call(() -> Upload.<Upload>findById(step.upload())
                        .file(file.name())
                        .filter(announced -> !announced.isWhole())
                        .map(UploadFile::offset));
    }

    /** Empty if the file isn't needed. */
    private static Optional<String> sha256(ImportStep step, FetchedFile file) {
        return QuarkusTransaction.requiringNew()
                .call(() ->
                        Upload.<Upload>findById(step.upload()).file(file.name()).map(arrived -> arrived.sha256));
    }

    private boolean isWanted(ImportStep step) {
        return !stopping && !isLate(step) && step(step.id()).isPresent();
    }

    private void received(AdapterImport entry) {
        Upload upload = entry.upload;
        if (upload == null || !upload.getState().isOpen()) {
            entry.become(ImportState.CANCELLED, clock.now());
            return;
        }
        entry.files = entry.files.stream()
                .map(file -> file.with(
                        upload.file(file.name()).map(here -> here.sha256).orElse(file.sha256())))
                .toList();
        entry.unverified()
                .forEach(file -> LOG.warnf(
                        "%s of %s/%s, imported by %s, could not be verified, because that hub says neither its SHA-256"
                                + " nor its Git id. Its SHA-256 is %s.",
                        file.name(), entry.hub, entry.label(), entry.person.name, file.sha256()));
        if (isPublished(upload)) {
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

    private Optional<Duration> publish(ImportStep step) {
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

    /**
     * @param pause for which the other side asks
     * @param slow whether the other side was too slow
     */
    private Optional<Duration> retry(ImportStep step, String why, Optional<Duration> pause, boolean slow) {
        if (stopping) return Optional.of(config.pause());
        int[] tries = new int[1];
        Optional<Duration> next = change(step, entry -> tries[0] = entry.interrupted(why, entry.fetched(), slow));
        if (next.isEmpty()) return next;
        if (RepositoryImport.isGivenUp(tries[0], slow)) {
            return fail(step, "%s It was tried %d times.".formatted(why, tries[0]));
        }
        return Optional.of(pause.orElseGet(() -> RepositoryImport.pause(config.pause(), tries[0])));
    }

    /** Ends it. Files that have been checked stay as an upload; others are dropped. */
    private Optional<Duration> fail(ImportStep step, String why) {
        return change(step, entry -> {
            boolean whole = entry.getState() == ImportState.CHECKING;
            if (entry.upload != null && !entry.upload.getState().isOpen()) {
                entry.become(ImportState.CANCELLED, clock.now());
                return;
            }
            if (whole) entry.stayUnpublished(why, clock.now());
            else entry.fail(why, clock.now());
            if (!whole && entry.upload != null) Upload.locked(entry.upload.id).ifPresent(uploads::cancel);
        });
    }

    /** @return when to continue; empty if it has ended, perhaps before the change */
    private Optional<Duration> change(ImportStep step, Consumer<AdapterImport> change) {
        return QuarkusTransaction.requiringNew().call(() -> {
            AdapterImport entry = AdapterImport.locked(step.id()).orElse(null);
            if (entry == null || !entry.getState().isOpen()) return Optional.empty();
            change.accept(entry);
            notices.send(entry);
            return entry.getState().isOpen() ? Optional.of(Duration.ZERO) : Optional.empty();
        });
    }
}
