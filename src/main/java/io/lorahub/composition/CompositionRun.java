package io.lorahub.composition;

import com.fasterxml.jackson.databind.JsonNode;
import io.lorahub.account.Person;
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
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import org.hibernate.annotations.JdbcTypeCode;
import org.hibernate.type.SqlTypes;

/** A search for the weights of a composition: what was asked for, where it stands, what came out. */
@Entity
@Table(name = "composition_run")
public class CompositionRun extends PanacheEntityBase {

    /** What its owner wants of a run that a worker holds; the worker does it after the evaluation under way. */
    public enum Wish {
        PAUSE,
        CANCEL;

        /** On pages, until it is done. */
        public String doing() {
            return this == PAUSE ? "Pausing" : "Cancelling";
        }
    }

    @Id
    public UUID id;

    /** Null for a visitor's. */
    @ManyToOne(fetch = FetchType.LAZY)
    @JoinColumn(name = "person_id")
    public Person person;

    /** The SHA-256 of a visitor's cookie in hex; null for a member's. */
    public String visitor;

    /** The SHA-256 of a visitor's address in hex; null for a member's. */
    public String network;

    public String title;

    public String description = "";

    @ManyToOne(fetch = FetchType.LAZY)
    @JoinColumn(name = "base_model_id")
    public BaseModelRecord baseModel;

    @JdbcTypeCode(SqlTypes.JSON)
    public RunSpec spec;

    /** In the order of the weights. */
    @ElementCollection
    @CollectionTable(name = "composition_candidate", joinColumns = @JoinColumn(name = "run_id"))
    @OrderColumn(name = "place")
    public List<RunCandidate> candidates = new ArrayList<>();

    /** Evaluations that may be spent. */
    public int budget;

    /** Whether everybody who has the link may see it. */
    public boolean shared;

    @Enumerated(EnumType.STRING)
    public RunState state = RunState.QUEUED;

    @Enumerated(EnumType.STRING)
    public Wish wish;

    /** In words for its owner; null unless it failed. */
    public String failure;

    /** Higher goes first. */
    public int priority;

    /** The name of who holds it or held it last. */
    public String worker;

    /** Grows whenever a worker takes the run, so that one who lost it writes nothing more. */
    public int claim;

    /** How often in a row workers have left it without one more evaluation. */
    public int lost;

    /** Whether it failed because no worker got further with it, and not because of what was asked for. */
    @Column(name = "given_up")
    public boolean givenUp;

    @ManyToOne(fetch = FetchType.LAZY)
    @JoinColumn(name = "fork_of")
    public CompositionRun forkOf;

    /** How many evaluations of the run that it was forked from it may take over. */
    @Column(name = "fork_evaluations")
    public int forkEvaluations;

    @Column(name = "idempotency_key")
    public String idempotencyKey;

    /** Of the budget. */
    public int spent;

    /** The lowest objective so far. */
    public Double best;

    /** What the best so far says for each few-shot example, as an array; null before the first. */
    @JdbcTypeCode(SqlTypes.JSON)
    public JsonNode predictions;

    /** In the model, for all evaluations. */
    public double seconds;

    /** The report: verdict, controls, predictions; null until it succeeded. */
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

    /** When it is swept; null for never. */
    @Column(name = "expires_at")
    public Instant expiresAt;

    /** SHA-256 of the result's files by name. */
    @ElementCollection
    @CollectionTable(name = "composition_file", joinColumns = @JoinColumn(name = "run_id"))
    @MapKeyColumn(name = "name")
    @Column(name = "sha256")
    public Map<String, String> files = new TreeMap<>();

    @Version
    public int edition;

    /** Of what it delivers once it has succeeded, else of the best so far; null before the first evaluation. */
    public Double objectiveOfAnswer() {
        return result == null ? best : Double.valueOf(result.path("objective").asDouble());
    }

    /** Why nothing can be computed anew of this run, as a sentence; empty where it can. */
    public Optional<String> incomplete() {
        return candidates.stream()
                .filter(RunCandidate::isDeleted)
                .findFirst()
                .map(candidate -> incomplete(candidate.address()));
    }

    static String incomplete(String deleted) {
        return "%s, one of its candidates, was deleted: what was found stays, and nothing can be computed anew. Repeat the run without it."
                .formatted(deleted);
    }

    /** Of the candidates that are still there. */
    List<AdapterVersion> versions() {
        return candidates.stream()
                .filter(candidate -> !candidate.isDeleted())
                .map(RunCandidate::version)
                .toList();
    }

    /** Why somebody cannot have anything computed anew of this run, as a sentence; empty where they can. */
    Optional<String> refusal(Optional<Person> asker) {
        return incomplete()
                .or(() -> takenDown(asker)
                        .map(
                                "Moderation has taken down %s, one of its candidates: what was found stays, and nothing can be computed anew. Repeat the run without it."
                                        ::formatted));
    }

    /** The address of a candidate that somebody may not use any more; publishers keep what is theirs. */
    Optional<String> takenDown(Optional<Person> user) {
        return candidates.stream()
                .filter(candidate -> !candidate.isDeleted())
                .map(candidate -> candidate.version().adapter)
                .filter(adapter -> adapter.state == AdapterState.TAKEN_DOWN)
                .filter(adapter -> adapter.publisher.members.stream()
                        .noneMatch(member -> user.isPresent() && member.id.equals(user.get().id)))
                .map(Adapter::address)
                .findFirst();
    }

    public boolean isPausable() {
        return state.isWaitingOrRunning() && wish == null;
    }

    public boolean isResumable() {
        return (state == RunState.PAUSED || state == RunState.FAILED)
                && incomplete().isEmpty();
    }

    public boolean isCancellable() {
        return state.mayBecome(RunState.CANCELLED) && wish != Wish.CANCEL;
    }

    public boolean isDeletable() {
        return state.isEnded() || state == RunState.PAUSED;
    }

    /**
     * @param now by the database
     * @throws IllegalStateException for a transition that there is not
     */
    void become(RunState next, Instant now) {
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
        if (next != RunState.RUNNING) wish = null;
    }
}
