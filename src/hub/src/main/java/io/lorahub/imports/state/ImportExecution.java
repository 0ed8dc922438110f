package io.lorahub.imports.state;

import io.lorahub.account.ActingMember;
import io.lorahub.account.Person;
import io.lorahub.adapter.MovedException;
import io.lorahub.engine.names.EnumNames;
import io.lorahub.imports.source.ImportConfig;
import io.lorahub.imports.source.RemoteHub;
import io.lorahub.imports.source.RemoteHubException;
import io.lorahub.imports.source.RepositoryListing;
import io.lorahub.job.JobHandler;
import io.lorahub.job.JobOutcome;
import io.lorahub.job.JobQueue;
import io.lorahub.storage.DatabaseClock;
import io.lorahub.storage.object.StorageException;
import io.lorahub.upload.Upload;
import io.lorahub.upload.UploadFile;
import io.lorahub.upload.UploadState;
import io.lorahub.web.FieldError;
import io.lorahub.web.ProblemException;
import io.lorahub.web.ProblemType;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Metrics;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.security.ForbiddenException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jboss.logging.Logger;

/**
 * Does imports of one kind step by step: the files of a repository become an upload; each step can be repeated after the
 * process was killed.
 */
public abstract class ImportExecution<E extends RepositoryImport> implements JobHandler {

    private static final Logger LOG = Logger.getLogger(ImportExecution.class);

    protected static final Duration CHECKED = Duration.ofSeconds(1);

    protected final DatabaseClock clock;
    private final ImportConfig config;
    private final RemoteHub remote;
    private final FileFetch fetch;
    private final ActingMember members;
    private final MemberShare share;
    private volatile boolean stopping;

    protected ImportExecution(
            ImportConfig config,
            RemoteHub remote,
            FileFetch fetch,
            ActingMember members,
            MemberShare share,
            DatabaseClock clock) {
        this.config = config;
        this.remote = remote;
        this.fetch = fetch;
        this.members = members;
        this.share = share;
        this.clock = clock;
    }

    protected abstract Optional<E> find(UUID id);

    /** Locks it until the caller's transaction ends. */
    protected abstract Optional<E> locked(UUID id);

    /** Why this person can't import, as a sentence; empty if they can. */
    protected abstract Optional<String> refusal(Person person);

    /**
     * Announces the files as an upload.
     *
     * @throws RuntimeException if names, sizes or limits don't allow it
     */
    protected abstract void announce(UUID id, RepositoryListing listing);

    /** Whether a file is fetched before {@link #requireUseful} is called; the others follow all of these. */
    protected abstract boolean isFirst(FetchedFile file);

    /** @throws RuntimeException if what has been fetched shows that fetching the others is useless */
    protected abstract void requireUseful(UUID id);

    /** Called once all files are here, in a transaction; the next step is {@link #check}. */
    protected abstract void received(E entry);

    /** @return when to ask again how the checks went; empty if the import has ended */
    protected abstract Optional<Duration> check(ImportStep step);

    /** Ends it, in a transaction. */
    protected abstract void fail(E entry, String why);

    /** Tells the person how it has ended; does nothing before. */
    protected abstract void send(E entry);

    /** Breaks off what is being fetched; another process, or this one after its restart, continues. */
    public final void stop() {
        stopping = true;
    }

    @Override
    public final Set<JobQueue> queues() {
        return Set.of(JobQueue.IMPORTS);
    }

    @Override
    public final Duration retryAfter(int failures) {
        return config.pause();
    }

    @Override
    public final JobOutcome run(String id) {
        return next(UUID.fromString(id)).map(JobOutcome::retryAfter).orElse(JobOutcome.DONE);
    }

    /** @return the delay before the next step; empty if the import has ended */
    public final Optional<Duration> next(UUID id) {
        Optional<ImportStep> step = step(id);
        if (step.isEmpty()) return Optional.empty();
        Person person = step.get().person();
        return share.run(person, () -> members.call(person, () -> tried(step.get())));
    }

    private Optional<ImportStep> step(UUID id) {
        return QuarkusTransaction.requiringNew()
                .call(() -> find(id).filter(entry -> entry.getState().isOpen()).map(ImportStep::of));
    }

    private Optional<Duration> tried(ImportStep step) {
        try {
            Optional<String> refusal = refusal(step.person());
            if (refusal.isPresent()) return fail(step, refusal.get());
            if (isLate(step)) {
                return fail(
                        step,
                        "It took longer than %d hours."
                                .formatted(config.longest().toHours()));
            }
            return switch (step.state()) {
                case WAITING -> list(step);
                case FETCHING -> fetch(step);
                case CHECKING -> check(step);
                default -> Optional.empty();
            };
        } catch (RemoteHubException e) {
            return e.isPassing() ? retry(step, e.getMessage(), e.pause(), e.isSlow()) : fail(step, e.getMessage());
        } catch (ProblemException e) {
            Optional<Duration> pause = Optional.ofNullable(e.headers().get("Retry-After"))
                    .filter(seconds -> e.type() == ProblemType.CONFLICT)
                    .map(seconds -> Duration.ofSeconds(Long.parseLong(seconds)));
            return pause.isPresent() ? retry(step, e.getMessage(), pause, false) : fail(step, sentence(e));
        } catch (ForbiddenException | MovedException e) {
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

    protected static String sentence(ProblemException e) {
        if (e.causes().isEmpty()) return e.getMessage();
        return e.causes().stream().map(FieldError::message).collect(Collectors.joining(" "));
    }

    private Optional<Duration> list(ImportStep step) {
        announce(step.id(), remote.listing(step.source(), step.revision(), () -> isWanted(step)));
        Optional<ImportStep> next = step(step.id());
        return next.isEmpty() ? Optional.empty() : fetch(next.get());
    }

    private Optional<Duration> fetch(ImportStep step) {
        boolean useful = false;
        for (FetchedFile file : step.files()) {
            if (!useful && !isFirst(file)) {
                requireUseful(step.id());
                useful = true;
            }
            Optional<Long> offset = offset(step, file);
            if (offset.isPresent()) {
                fetch.fetch(step.source(), step.commit(), file, step.upload(), offset.get(), () -> isWanted(step));
            }
            if (file.hasGitIdOnly()) {
                Optional.ofNullable(hashes(step).get(file.name()))
                        .ifPresent(sha256 -> fetch.requireGitId(file, sha256));
            }
        }
        return change(step, entry -> {
            Map<String, String> hashes = entry.upload == null ? Map.of() : entry.upload.hashes();
            entry.files = entry.files.stream()
                    .map(file -> file.with(hashes.getOrDefault(file.name(), file.sha256())))
                    .toList();
            entry.unverified()
                    .forEach(file -> LOG.warnf(
                            "%s of %s/%s, imported by %s, could not be verified, because that hub says neither its SHA-256"
                                    + " nor its Git id. Its SHA-256 is %s.",
                            file.name(), entry.hub, entry.label(), entry.person.name, file.sha256()));
            received(entry);
        });
    }

    /** How much of a file is here; empty if it is whole or not needed. What the store has lost is fetched again. */
    private Optional<Long> offset(ImportStep step, FetchedFile file) {
        return QuarkusTransaction.requiringNew()
                .call(() -> Upload.locked(step.upload())
                        .filter(upload -> upload.getState() == UploadState.RECEIVING)
                        .flatMap(upload -> upload.file(file.name()))
                        .filter(announced -> {
                            if (announced.sha256 != null && !fetch.isHere(announced.sha256, announced.size)) {
                                announced.sha256 = null;
                            }
                            return !announced.isWhole();
                        })
                        .map(UploadFile::offset));
    }

    /** SHA-256 by name of the files that are here. */
    private static Map<String, String> hashes(ImportStep step) {
        return QuarkusTransaction.requiringNew()
                .call(() -> Upload.<Upload>findByIdOptional(step.upload())
                        .map(Upload::hashes)
                        .orElse(Map.of()));
    }

    private boolean isWanted(ImportStep step) {
        return !stopping && !isLate(step) && step(step.id()).isPresent();
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

    protected final Optional<Duration> fail(ImportStep step, String why) {
        return change(step, entry -> fail(entry, why));
    }

    /** @return when to continue; empty if it has ended, perhaps before the change */
    protected final Optional<Duration> change(ImportStep step, Consumer<E> change) {
        return QuarkusTransaction.requiringNew().call(() -> {
            E entry = locked(step.id()).orElse(null);
            if (entry == null || !entry.getState().isOpen()) return Optional.empty();
            change.accept(entry);
            send(entry);
            if (!entry.getState().isOpen()) {
                Counter.builder("lorahub.imports")
                        .description("Imports that have ended")
                        .tags("kind", kind(), "outcome", EnumNames.of(entry.getState()))
                        .register(Metrics.globalRegistry)
                        .increment();
            }
            return entry.getState().isOpen() ? Optional.of(Duration.ZERO) : Optional.empty();
        });
    }
}
