package io.lorahub.composition.task;

import io.lorahub.account.BrowserContext;
import io.lorahub.composition.CompositionConfig;
import io.lorahub.composition.CompositionRun;
import io.lorahub.composition.RunOwner;
import io.lorahub.composition.RunSize;
import io.lorahub.composition.RunSpec;
import io.lorahub.storage.DatabaseClock;
import io.lorahub.storage.directory.FreeSpace;
import io.lorahub.upload.MemberStorage;
import io.lorahub.web.FieldError;
import io.lorahub.web.Format;
import io.lorahub.web.ProblemException;
import io.quarkus.arc.Arc;
import io.quarkus.vertx.http.runtime.CurrentVertxRequest;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.apache.commons.codec.digest.DigestUtils;

/**
 * What owners of runs and tasks can have at a time, and whether there is room for their files. Visitors have limits together and
 * per network address: a limit per visitor would stop no one, because a visitor without a cookie looks new on every request.
 * Exact in a transaction that holds {@code RunOwner.lock()}.
 */
@ApplicationScoped
public class OwnerLimits {

    private static final String ACTIVE = "state in ('QUEUED', 'RUNNING')";

    /** Over which runs of visitors are counted. */
    public static final Duration DAY = Duration.ofHours(24);

    private static final String STARTED =
            "select count(*), min(started_at) from visitor_start where network = ?1 and started_at > ?2";

    private final CompositionConfig runs;
    private final TaskConfig tasks;
    private final MemberStorage stored;
    private final FreeSpace space;
    private final CurrentVertxRequest request;
    private final BrowserContext browser;
    private final DatabaseClock clock;

    OwnerLimits(
            CompositionConfig runs,
            TaskConfig tasks,
            MemberStorage stored,
            FreeSpace space,
            CurrentVertxRequest request,
            BrowserContext browser,
            DatabaseClock clock) {
        this.stored = stored;
        this.space = space;
        this.runs = runs;
        this.tasks = tasks;
        this.request = request;
        this.browser = browser;
        this.clock = clock;
    }

    /** Hash of the network address of the current request; empty outside of one. */
    public Optional<String> network() {
        if (!Arc.container().requestContext().isActive() || request.getCurrent() == null) return Optional.empty();
        return Optional.of(DigestUtils.sha256Hex(browser.address()));
    }

    /** Network of a visitor's run or task; empty for a member. */
    public Optional<String> network(RunOwner owner) {
        return owner.visitor().flatMap(visitor -> network());
    }

    /**
     * Number of queued and running runs of the owner.
     *
     * @throws ProblemException if another run would exceed a limit
     */
    public long requireRun(RunOwner owner) {
        owner.lock();
        long ahead = owner.active();
        int allowed = owner.person().isPresent() ? runs.queued() : runs.queuedByVisitor();
        if (ahead >= allowed) {
            throw ProblemException.tooMany(
                    "%s of yours are already waiting or running; the limit is %d. Wait for one to end, or cancel one."
                            .formatted(ahead == 1 ? "One run" : ahead + " runs", allowed),
                    Duration.ofSeconds(10));
        }
        if (owner.visitor().isPresent()) requireVisitorsRun();
        return ahead;
    }

    /** How large a run of the owner can be. */
    public RunSize size(RunOwner owner) {
        return RunSize.of(runs, owner.visitor().isPresent());
    }

    /** In what a visitor's run is too large, though a member's can be so large; empty for a member. */
    public List<FieldError> faults(RunOwner owner, RunSpec spec, int candidates) {
        return owner.visitor().isEmpty() ? List.of() : size(owner).faults(spec, candidates);
    }

    /** Number of runs that visitors from the current request's address can still start today. */
    public long leftToday() {
        return Math.max(
                0,
                runs.perDayByAddress()
                        - network().map(this::startedToday).map(Started::runs).orElse(0L));
    }

    private record Started(long runs, Instant first) {}

    private Started startedToday(String network) {
        Object[] row = (Object[]) CompositionRun.getEntityManager()
                .createNativeQuery(STARTED)
                .setParameter(1, network)
                .setParameter(2, clock.now().minus(DAY))
                .getSingleResult();
        return new Started(((Number) row[0]).longValue(), (Instant) row[1]);
    }

    /** Counts a run that is being started, if it is a visitor's. */
    public void count(RunOwner owner) {
        network(owner)
                .ifPresent(network -> CompositionRun.getEntityManager()
                        .createNativeQuery("insert into visitor_start (network, started_at) values (?1, ?2)")
                        .setParameter(1, network)
                        .setParameter(2, clock.now())
                        .executeUpdate());
    }

    /** @throws ProblemException if another visitor's run would exceed a limit */
    public void requireVisitorsRun() {
        if (!runs.visitors()) throw ProblemException.forbidden("Sign in to compose on this hub.");
        if (CompositionRun.count("visitor is not null and " + ACTIVE) >= runs.queuedByVisitors()) {
            throw ProblemException.tooMany(
                    "Many visitors are trying this right now. Wait a moment, or sign in.", Duration.ofSeconds(20));
        }
        if (network()
                .filter(from -> CompositionRun.count("network = ?1 and " + ACTIVE, from) >= runs.queuedByAddress())
                .isPresent()) {
            throw ProblemException.tooMany(
                    "%d runs from your network address are waiting or running. Wait for one to end, or sign in."
                            .formatted(runs.queuedByAddress()),
                    Duration.ofSeconds(20));
        }
        network()
                .map(this::startedToday)
                .filter(started -> started.runs >= runs.perDayByAddress())
                .ifPresent(started -> {
                    throw ProblemException.tooMany(
                            "The limit for visitors from your network address is %s in 24 hours. Sign in to start more."
                                    .formatted(Format.count(runs.perDayByAddress(), "run")),
                            Duration.between(clock.now(), started.first.plus(DAY)));
                });
    }

    /** @throws ProblemException if a visitor's task would exceed a limit */
    void requireVisitorsTask() {
        if (WorkerTask.count("person is null and " + TaskLimits.OPEN) >= tasks.waitingOfVisitors()) {
            throw ProblemException.tooMany(
                    "Many visitors are using this right now. Try again later, or sign in.", Duration.ofSeconds(10));
        }
        if (network()
                .filter(from ->
                        WorkerTask.count("network = ?1 and " + TaskLimits.OPEN, from) >= tasks.waitingOfAddress())
                .isPresent()) {
            throw ProblemException.tooMany(
                    "%d requests from your network address are still waiting. Wait for one of them to finish, or sign in."
                            .formatted(tasks.waitingOfAddress()),
                    Duration.ofSeconds(10));
        }
    }

    /**
     * Checks the room for files of unknown size.
     *
     * @throws ProblemException if nothing more can be stored
     */
    public void requireRoom(RunOwner owner) {
        requireDisk(0);
        owner.person().ifPresent(stored::requireRoom);
    }

    /** @throws ProblemException if this many bytes cannot be stored in addition */
    void requireRoom(RunOwner owner, long bytes) {
        requireDisk(bytes);
        owner.person()
                .ifPresentOrElse(
                        person -> stored.requireRoom(person, bytes), () -> stored.requireRoomOfVisitors(bytes));
    }

    private void requireDisk(long bytes) {
        if (space.isShort(bytes)) throw ProblemException.insufficientStorage(FreeSpace.REFUSAL);
    }
}
