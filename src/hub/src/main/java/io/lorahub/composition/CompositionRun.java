package io.lorahub.composition;

import com.fasterxml.jackson.databind.JsonNode;
import io.lorahub.account.Person;
import io.lorahub.account.Role;
import io.lorahub.adapter.Adapter;
import io.lorahub.adapter.AdapterState;
import io.lorahub.adapter.AdapterVersion;
import io.lorahub.basemodel.BaseModelRecord;
import io.quarkus.hibernate.orm.panache.PanacheEntityBase;
import jakarta.persistence.CollectionTable;
import jakarta.persistence.Column;
import jakarta.persistence.ElementCollection;
import jakarta.persistence.Entity;
import jakarta.persistence.EnumType;
import jakarta.persistence.Enumerated;
import jakarta.persistence.FetchType;
import jakarta.persistence.Id;
import jakarta.persistence.JoinColumn;
import jakarta.persistence.ManyToOne;
import jakarta.persistence.MapKeyColumn;
import jakarta.persistence.OrderColumn;
import jakarta.persistence.Table;
import jakarta.persistence.Version;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import org.hibernate.annotations.JdbcTypeCode;
import org.hibernate.type.SqlTypes;

/** A search for the weights of a composition: the request, its state and its result. */
@Entity
@Table(name = "composition_run")
public class CompositionRun extends PanacheEntityBase {

    /** What the owner wants done with a run that a worker holds; the worker does it after the current point. */
    public enum StopRequest {
        PAUSE,
        CANCEL,
        /** The search ends, and what it has found becomes the result. */
        FINISH;

        /** Label on pages until the request is carried out. */
        public String doing() {
            return switch (this) {
                case PAUSE -> "Pausing";
                case CANCEL -> "Cancelling";
                case FINISH -> "Finishing";
            };
        }
    }

    @Id
    public UUID id;

    /** Null for a visitor's run. */
    @ManyToOne(fetch = FetchType.LAZY)
    @JoinColumn(name = "person_id")
    public Person person;

    /** SHA-256 of a visitor's cookie in hex; null for a member's run. */
    public String visitor;

    /** SHA-256 of a visitor's network address in hex; null for a member's run. */
    public String network;

    public String title;

    public String description = "";

    @ManyToOne(fetch = FetchType.LAZY)
    @JoinColumn(name = "base_model_id")
    public BaseModelRecord baseModel;

    @JdbcTypeCode(SqlTypes.JSON)
    public RunSpec spec;

    /** Candidates in the order of the weights. */
    @ElementCollection
    @CollectionTable(name = "composition_candidate", joinColumns = @JoinColumn(name = "run_id"))
    @OrderColumn(name = "place")
    public List<RunCandidate> candidates = new ArrayList<>();

    /** Maximum number of evaluations. */
    public int budget;

    /** Whether everyone who has the link may see it. */
    public boolean shared;

    @Enumerated(EnumType.STRING)
    public RunState state = RunState.QUEUED;

    @Column(name = "stop_request")
    @Enumerated(EnumType.STRING)
    public StopRequest stopRequest;

    /** Reason for the owner, in words; null unless the run failed. */
    public String failure;

    /** A higher priority goes first. */
    public int priority;

    /** Name of the worker that holds the run or held it last. */
    public String worker;

    /** Incremented whenever a worker takes the run, so that a worker that has lost it can no longer write. */
    public int claim;

    /** Number of consecutive workers that were lost without completing another point. */
    public int lost;

    /** Number of workers that were lost with it in all, until it fails or is given up. */
    public int losses;

    /** Whether it failed because no worker made progress, rather than because of the request itself. */
    @Column(name = "given_up")
    public boolean givenUp;

    @ManyToOne(fetch = FetchType.LAZY)
    @JoinColumn(name = "fork_of")
    public CompositionRun forkOf;

    /** How many points may be reused from the run that this one was forked from. */
    @Column(name = "fork_evaluations")
    public int forkEvaluations;

    /** Evaluations charged to the budget: one for a point, three with its gradient. */
    public int spent;

    /** The lowest objective so far. */
    public Double best;

    /** Predictions of the best mix so far for each few-shot example, as an array; null before the first. */
    @JdbcTypeCode(SqlTypes.JSON)
    public JsonNode predictions;

    /** Time spent in the model, in seconds, for all points. */
    public double seconds;

    /** The report: verdict, controls, predictions; null until the run succeeds. */
    @JdbcTypeCode(SqlTypes.JSON)
    public JsonNode result;

    @Column(name = "created_at")
    public Instant createdAt;

    @Column(name = "queued_at")
    public Instant queuedAt;

    @Column(name = "started_at")
    public Instant startedAt;

    @Column(name = "ended_at")
    public Instant endedAt;

    /** When it last went back into the queue because runs of others waited; null if it never did. */
    @Column(name = "gave_way_at")
    public Instant gaveWayAt;

    /** When the run is swept; null for never. */
    @Column(name = "expires_at")
    public Instant expiresAt;

    /** SHA-256 of the result's files, by name. */
    @ElementCollection
    @CollectionTable(name = "composition_file", joinColumns = @JoinColumn(name = "run_id"))
    @MapKeyColumn(name = "name")
    @Column(name = "sha256")
    public Map<String, String> files = new TreeMap<>();

    @Version
    public int edition;

    /**
     * Objective of the delivered mix if the run has succeeded, else of the best so far; null before the first
     * point.
     */
    public Double objectiveOfAnswer() {
        return result == null ? best : Double.valueOf(result.path("objective").asDouble());
    }

    /** What it has spent of its budget, in words. */
    public String evaluations() {
        return spent == 1 ? "1 evaluation" : "%,d evaluations".formatted(spent);
    }

    /** Why nothing more can be computed from this run, as a sentence; empty if it can. */
    public Optional<String> incomplete() {
        return candidates.stream()
                .filter(RunCandidate::isDeleted)
                .findFirst()
                .map(candidate -> incomplete(candidate.address()));
    }

    public static String incomplete(String deleted) {
        return "%s, one of its candidates, was deleted. The results stay, but nothing more can be computed. Repeat the run without it."
                .formatted(deleted);
    }

    /** Versions of the candidates that still exist. */
    public List<AdapterVersion> versions() {
        return candidates.stream()
                .filter(candidate -> !candidate.isDeleted())
                .map(RunCandidate::version)
                .toList();
    }

    /** Why this asker cannot have anything more computed from this run, as a sentence; empty if they can. */
    public Optional<String> refusal(Optional<Person> asker) {
        return incomplete()
                .or(() -> takenDown(asker)
                        .map(
                                "Moderators took down %s, one of its candidates. The results stay, but nothing more can be computed. Repeat the run without it."
                                        ::formatted));
    }

    /**
     * Whether they may try other weights than those of the result: with these, they could use each candidate by itself, so all
     * must be open to them.
     */
    public boolean mayMix(Optional<Person> asker) {
        return asker.filter(person -> person.role == Role.ADMIN).isPresent()
                || versions().stream()
                        .map(version -> version.adapter)
                        .allMatch(adapter -> adapter.isOpen() || isMember(adapter, asker));
    }

    /** Whether it has candidates that not everybody can see; whoever sees the run sees their names. */
    public boolean isNamingHidden() {
        return count(
                        "from CompositionRun r join r.candidates c join c.version.adapter a"
                                + " where r.id = ?1 and (a.visibility = PRIVATE or a.state = TAKEN_DOWN)",
                        id)
                > 0;
    }

    private static boolean isMember(Adapter adapter, Optional<Person> person) {
        return person.filter(adapter.publisher::hasMember).isPresent();
    }

    /**
     * Address of a candidate that was taken down and that this user may not use; publishers keep access to their own.
     */
    public Optional<String> takenDown(Optional<Person> user) {
        return takenDown(
                candidates.stream()
                        .filter(candidate -> !candidate.isDeleted())
                        .map(RunCandidate::version)
                        .toList(),
                user);
    }

    /** The same for these versions. */
    public static Optional<String> takenDown(Collection<AdapterVersion> versions, Optional<Person> user) {
        return versions.stream()
                .map(version -> version.adapter)
                .filter(adapter -> adapter.state == AdapterState.TAKEN_DOWN)
                .filter(adapter -> !isMember(adapter, user))
                .map(Adapter::address)
                .findFirst();
    }

    public boolean isPausable() {
        return state.isWaitingOrRunning() && stopRequest == null;
    }

    public boolean isResumable() {
        return (state == RunState.PAUSED || state == RunState.FAILED)
                && incomplete().isEmpty();
    }

    public boolean isCancellable() {
        return state.mayBecome(RunState.CANCELLED) && stopRequest != StopRequest.CANCEL;
    }

    /** Whether the search can be ended now, so that what it has found becomes the result. */
    public boolean isFinishable() {
        return whyNotFinishable().isEmpty();
    }

    /** As a sentence. */
    public Optional<String> whyNotFinishable() {
        if (state == RunState.SUCCEEDED || state == RunState.CANCELLED || stopRequest != null) {
            return Optional.of("“%s” %s, so it can't be finished.".formatted(title, whatHappened()));
        }
        if (spent == 0) return Optional.of("“%s” hasn't tried any weights yet, so it has no result.".formatted(title));
        return incomplete();
    }

    /** Its state after "it". */
    public String whatHappened() {
        if (stopRequest != null) return "is " + stopRequest.doing().toLowerCase(Locale.ROOT);
        return switch (state) {
            case SUCCEEDED, FAILED -> "has " + state.word();
            case CANCELLED -> "was cancelled";
            case QUEUED, RUNNING, PAUSED -> "is " + state.word();
        };
    }

    /** Whether its owner wants it to end without a result. */
    public boolean mustStop() {
        return stopRequest != null && !isFinishing();
    }

    public boolean isFinishing() {
        return stopRequest == StopRequest.FINISH;
    }

    public boolean isDeletable() {
        return state.isEnded() || state == RunState.PAUSED;
    }

    /**
     * @param now the database's current time
     * @throws IllegalStateException if there is no such transition
     */
    public void become(RunState next, Instant now) {
        if (!state.mayBecome(next)) {
            throw new IllegalStateException("A run that is %s cannot become %s.".formatted(state, next));
        }
        state = next;
        if (next.isEnded()) endedAt = now;
        if (next == RunState.QUEUED) {
            queuedAt = now;
            endedAt = null;
            failure = null;
            givenUp = false;
        }
        boolean goesOn = next == RunState.RUNNING || next == RunState.QUEUED && isFinishing();
        if (!goesOn) stopRequest = null;
    }
}
