package io.lorahub.imports.model;

import io.lorahub.account.ActingMember;
import io.lorahub.account.Person;
import io.lorahub.account.Role;
import io.lorahub.basemodel.BaseModelRegistration;
import io.lorahub.basemodel.BaseModelRegistrations;
import io.lorahub.basemodel.BaseModels;
import io.lorahub.engine.lora.config.CheckFinding;
import io.lorahub.imports.model.BaseModelImport.ModelFile;
import io.lorahub.imports.source.ImportConfig;
import io.lorahub.imports.source.RemoteHub;
import io.lorahub.imports.source.RemoteHubException;
import io.lorahub.imports.source.RepositoryListing;
import io.lorahub.imports.state.ImportHandler;
import io.lorahub.imports.state.ImportState;
import io.lorahub.imports.state.MemberShare;
import io.lorahub.imports.state.RepositoryImport;
import io.lorahub.notice.NotificationInbox;
import io.lorahub.storage.DatabaseClock;
import io.lorahub.web.FieldError;
import io.lorahub.web.ProblemException;
import io.quarkus.narayana.jta.QuarkusTransaction;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.ws.rs.core.Response;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import java.util.stream.Collectors;
import org.jboss.logging.Logger;

/**
 * Does an import step by step. After the process was killed, it continues with the bytes that are in the folder, or
 * another machine continues with the files that are in the store.
 */
@ApplicationScoped
public class BaseModelImportExecution implements ImportHandler {

    /** The kind of job. */
    static final String KIND = "base-model-import";

    private static final Logger LOG = Logger.getLogger(BaseModelImportExecution.class);
    private static final Duration REPORT = Duration.ofSeconds(1);
    private static final Duration CHECKED = Duration.ofSeconds(1);

    private final ImportConfig config;
    private final RemoteHub remote;
    private final ModelFetch fetch;
    private final StoredModelFiles stored;
    private final StoredModelPieces pieces;
    private final BaseModelRegistrations registrations;
    private final ActingMember members;
    private final MemberShare share;
    private final NotificationInbox inbox;
    private final DatabaseClock clock;

    private volatile boolean stopping;

    BaseModelImportExecution(
            ImportConfig config,
            RemoteHub remote,
            ModelFetch fetch,
            StoredModelFiles stored,
            StoredModelPieces pieces,
            BaseModelRegistrations registrations,
            ActingMember members,
            MemberShare share,
            NotificationInbox inbox,
            DatabaseClock clock) {
        this.config = config;
        this.remote = remote;
        this.fetch = fetch;
        this.stored = stored;
        this.pieces = pieces;
        this.registrations = registrations;
        this.members = members;
        this.share = share;
        this.inbox = inbox;
        this.clock = clock;
    }

    /** Breaks off what is being fetched; this process continues after its restart. */
    public void stop() {
        stopping = true;
    }

    @Override
    public String kind() {
        return KIND;
    }

    @Override
    public String title() {
        return "Imports of base models";
    }

    @Override
    public Duration retryAfter(int failures) {
        return config.pause();
    }

    @Override
    public Optional<Duration> next(UUID id) {
        Optional<BaseModelImport> open = open(id);
        if (open.isEmpty()) {
            fetch.drop(id);
            return Optional.empty();
        }
        BaseModelImport entry = open.get();
        Person person = QuarkusTransaction.requiringNew().call(() -> Person.findById(entry.person.id));
        Optional<Duration> next = share.run(person, () -> members.call(person, () -> tried(entry, person)));
        if (next.isEmpty()) fetch.drop(id);
        return next;
    }

    private static Optional<BaseModelImport> open(UUID id) {
        return QuarkusTransaction.requiringNew()
                .call(() -> BaseModelImport.<BaseModelImport>findByIdOptional(id)
                        .filter(entry -> entry.getState().isOpen()));
    }

    private Optional<Duration> tried(BaseModelImport entry, Person person) {
        try {
            if (person.isBanned() || person.role != Role.ADMIN) {
                return fail(entry, "Only administrators can import base models.");
            }
            if (isLate(entry)) {
                return fail(
                        entry,
                        "It took longer than %d hours."
                                .formatted(config.longest().toHours()));
            }
            if (entry.getState() == ImportState.WAITING) list(entry);
            Optional<BaseModelImport> next = open(entry.id);
            if (next.isPresent() && next.get().getState() == ImportState.FETCHING) fetch(next.get());
            next = open(entry.id);
            return next.isEmpty() ? Optional.empty() : register(next.get());
        } catch (RemoteHubException e) {
            return e.isPassing() ? retry(entry, e.getMessage(), e.pause(), e.isSlow()) : fail(entry, e.getMessage());
        } catch (ProblemException e) {
            boolean passing = e.status() == Response.Status.CONFLICT.getStatusCode(); // someone else registers the name
            return passing ? retry(entry, e.getMessage(), Optional.empty(), false) : fail(entry, sentence(entry, e));
        } catch (UncheckedIOException e) {
            LOG.warnf(e, "Files of the base model %s could not be stored; it will be tried again.", entry.name);
            return retry(entry, "The files could not be stored here.", Optional.empty(), false);
        } catch (RuntimeException e) {
            LOG.errorf(e, "The import of the base model %s failed; it will be tried again a few times.", entry.name);
            return retry(entry, "Something went wrong on this hub.", Optional.empty(), false);
        }
    }

    private boolean isLate(BaseModelImport entry) {
        return clock.now().isAfter(entry.createdAt.plus(config.longest()));
    }

    private String sentence(BaseModelImport entry, ProblemException e) {
        if (e.causes().isEmpty()) return e.getMessage();
        String folder = fetch.folder(entry.id).toString();
        return e.causes().stream()
                .map(FieldError::message)
                .map(text -> text.replace(folder + "/", "").replace(folder, "The repository"))
                .collect(Collectors.joining(" "));
    }

    private static RemoteHub.Source source(BaseModelImport entry) {
        return new RemoteHub.Source(URI.create(entry.hub), entry.repository, entry.token);
    }

    private void list(BaseModelImport entry) {
        RepositoryListing listing = remote.listing(source(entry), entry.revision, () -> isWanted(entry));
        List<ModelFile> files = ModelFiles.of(entry.repository, listing);
        requireSize(files);
        change(entry, now -> {
            now.commit = listing.commit();
            if (now.licence == null) {
                now.licence = listing.licence()
                        .filter(licence -> BaseModels.textFaults(null, licence).isEmpty())
                        .orElse(null);
            }
            now.files = files;
            now.bytes = size(files);
            now.stored.putAll(stored.known(files));
            now.become(ImportState.FETCHING, clock.now());
        });
    }

    private void requireSize(List<ModelFile> files) {
        long most = config.baseModelSize().asLongValue();
        if (size(files) > most) {
            throw RemoteHubException.lasting(
                    "Its files have %,d bytes; the limit is %,d. LORAHUB_IMPORTS_BASE_MODEL_SIZE can raise it."
                            .formatted(size(files), most));
        }
    }

    private static long size(List<ModelFile> files) {
        return files.stream().mapToLong(ModelFile::size).reduce(0, BaseModelImportExecution::sum);
    }

    /** The largest number where the sum is larger: another hub can announce any size. */
    private static long sum(long one, long other) {
        return one > Long.MAX_VALUE - other ? Long.MAX_VALUE : one + other;
    }

    private void fetch(BaseModelImport entry) {
        Path folder = fetch.folder(entry.id);
        fetch.prepare(entry.id, entry.bytes - here(entry.files, folder));
        stored.place(entry, folder);
        List<ModelFile> files = entry.files;
        for (ModelFile file : files) {
            if (!ModelFiles.isWeights(file)) fetch(entry, file, folder);
        }
        List<ModelFile> needed = needed(entry, folder);
        for (ModelFile file : needed) {
            if (ModelFiles.isWeights(file)) fetch(entry, file, folder);
        }
        change(entry, now -> {
            now.fetched = now.bytes;
            now.become(ImportState.CHECKING, clock.now());
        });
    }

    private static long here(List<ModelFile> files, Path folder) {
        return files.stream().mapToLong(file -> ModelFetch.here(folder, file)).sum();
    }

    /** The index of shards says which of the weights belong to the model. */
    private List<ModelFile> needed(BaseModelImport entry, Path folder) {
        Path index = folder.resolve(ModelFiles.INDEX);
        if (!Files.exists(index)) return entry.files;
        try {
            List<ModelFile> needed = ModelFiles.indexed(entry.files, Files.readString(index));
            change(entry, now -> {
                now.files = needed;
                now.bytes = size(needed);
            });
            return needed;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void fetch(BaseModelImport entry, ModelFile file, Path folder) {
        long[] reported = {System.nanoTime()};
        long[] arrived = {ModelFetch.here(folder, file)};
        LongConsumer moved = read -> {
            arrived[0] += read;
            if (pieces.isDue(file, arrived[0] - read, arrived[0])) pieces.saveComplete(entry, file, folder);
            long now = System.nanoTime();
            if (now - reported[0] < REPORT.toNanos()) return;
            reported[0] = now;
            report(entry, folder);
        };
        fetch.fetch(source(entry), entry.commit, file, folder, moved, () -> isWanted(entry));
        stored.save(entry, file.name(), folder);
        report(entry, folder);
    }

    private boolean isWanted(BaseModelImport entry) {
        return !stopping && !isLate(entry) && open(entry.id).isPresent();
    }

    private static void report(BaseModelImport entry, Path folder) {
        change(entry, now -> {
            now.fetched = Math.min(here(now.files, folder), now.bytes);
            now.problem = null;
        });
    }

    private Optional<Duration> register(BaseModelImport entry) {
        if (entry.registration != null) return awaitCheck(entry);
        Optional<BaseModelRegistration> other = registration(entry.name);
        if (other.filter(BaseModelRegistration::isChecking).isPresent()) {
            change(entry, now -> now.problem = "%s is being checked for someone else.".formatted(now.name));
            return Optional.of(CHECKED);
        }
        String folder = fetch.folder(entry.id).toString();
        if (!Files.exists(Path.of(folder, ModelFiles.CONFIG))) { // another machine has fetched them
            return change(entry, now -> now.become(ImportState.FETCHING, clock.now()));
        }
        registrations.register(
                entry.name,
                entry.summary,
                entry.licence,
                folder,
                StoredModelFiles.of(entry.id),
                registration -> change(entry.id, now -> now.registration = registration.id));
        fetch.drop(entry.id);
        return Optional.of(Duration.ZERO);
    }

    private static Optional<BaseModelRegistration> registration(String name) {
        return QuarkusTransaction.requiringNew().call(() -> BaseModelRegistration.named(name));
    }

    private Optional<Duration> awaitCheck(BaseModelImport entry) {
        Optional<BaseModelRegistration> mine =
                registration(entry.name).filter(one -> one.id.equals(entry.registration));
        if (mine.isEmpty()) return fail(entry, "Its check was cancelled.");
        return switch (mine.get().getState()) {
            case CHECKING -> Optional.of(CHECKED);
            case AVAILABLE -> end(entry, this::done);
            case REFUSED ->
                fail(
                        entry,
                        mine.get().findings.stream().map(CheckFinding::sentence).collect(Collectors.joining(" ")));
        };
    }

    private void done(BaseModelImport now) {
        now.files = ModelFiles.hashed(now.files, now.stored);
        now.unverified()
                .forEach(file -> LOG.warnf(
                        "%s of the base model %s could not be verified, because %s says neither its SHA-256 nor its Git id."
                                + " Its SHA-256 is %s.",
                        file.name(), now.name, now.hub, file.sha256()));
        now.become(ImportState.DONE, clock.now());
    }

    /**
     * @param pause for which the other side asks
     * @param slow whether the other side was too slow
     */
    private Optional<Duration> retry(BaseModelImport entry, String why, Optional<Duration> pause, boolean slow) {
        if (stopping) return Optional.of(config.pause());
        int[] tries = new int[1];
        Path folder = fetch.folder(entry.id);
        Optional<Duration> next = change(
                entry, now -> tries[0] = now.interrupted(why, now.files == null ? 0 : here(now.files, folder), slow));
        if (next.isEmpty()) return next;
        if (RepositoryImport.isGivenUp(tries[0], slow)) {
            return fail(entry, "%s It was tried %d times.".formatted(why, tries[0]));
        }
        return Optional.of(pause.orElseGet(() -> RepositoryImport.pause(config.pause(), tries[0])));
    }

    private Optional<Duration> fail(BaseModelImport entry, String why) {
        return end(entry, now -> {
            if (now.registration != null) registrations.cancel(now.registration);
            now.fail(why, clock.now());
        });
    }

    private Optional<Duration> end(BaseModelImport entry, Consumer<BaseModelImport> change) {
        return change(entry, now -> {
            change.accept(now);
            boolean done = now.getState() == ImportState.DONE;
            inbox.send(
                    now.person.id,
                    (done ? "The base model “%s” is registered" : "The base model “%s” could not be imported")
                            .formatted(now.name),
                    done ? "Its files come from %s/%s.".formatted(now.hub, now.repository) : now.failure,
                    BaseModelImportPage.PATH);
        });
    }

    /** @return when to continue; empty if it has ended, perhaps before the change */
    private static Optional<Duration> change(BaseModelImport entry, Consumer<BaseModelImport> change) {
        return QuarkusTransaction.requiringNew().call(() -> change(entry.id, change));
    }

    /** The same, in the caller's transaction. */
    private static Optional<Duration> change(UUID id, Consumer<BaseModelImport> change) {
        BaseModelImport now = BaseModelImport.locked(id).orElse(null);
        if (now == null || !now.getState().isOpen()) return Optional.empty();
        change.accept(now);
        return now.getState().isOpen() ? Optional.of(Duration.ZERO) : Optional.empty();
    }
}
