package io.lorahub.composition.task;

import io.lorahub.account.Person;
import io.lorahub.composition.CompositionRun;
import io.lorahub.composition.RunOwner;
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
import jakarta.persistence.Table;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import org.hibernate.annotations.JdbcTypeCode;
import org.hibernate.type.SqlTypes;

/** A {@link TaskRequest} with its state and answer. It expires after a while, with its files. */
@Entity
@Table(name = "worker_task")
public class WorkerTask extends PanacheEntityBase {

    public enum State {
        ASKED,
        WORKING,
        ANSWERED,
        FAILED
    }

    @Id
    public UUID id;

    /** Null for a visitor's task. */
    @ManyToOne(fetch = FetchType.LAZY)
    @JoinColumn(name = "person_id")
    public Person person;

    /** SHA-256 of a visitor's cookie in hex; null for a member's task. */
    public String visitor;

    /** SHA-256 of a visitor's network address in hex; null for a member's task. */
    public String network;

    /** Null if the question is not about a run. */
    @ManyToOne(fetch = FetchType.LAZY)
    @JoinColumn(name = "run_id")
    public CompositionRun run;

    @JdbcTypeCode(SqlTypes.JSON)
    public TaskRequest question;

    /** Null until it is answered. */
    @JdbcTypeCode(SqlTypes.JSON)
    public TaskResult answer;

    @Enumerated(EnumType.STRING)
    public State state = State.ASKED;

    /** A sentence for the person who asked; null unless it failed. */
    public String failure;

    /** Number of completed steps. */
    public int done;

    /** Total number of steps; 0 if they are not counted. */
    public int total;

    /** Number of times a worker has begun it. */
    public int tries;

    @Column(name = "created_at")
    public Instant createdAt;

    @Column(name = "expires_at")
    public Instant expiresAt;

    /** SHA-256 of the resulting files, by name. */
    @ElementCollection
    @CollectionTable(name = "worker_task_file", joinColumns = @JoinColumn(name = "task_id"))
    @MapKeyColumn(name = "name")
    @Column(name = "sha256")
    public Map<String, String> files = new TreeMap<>();

    /** The question, if it is of this kind. */
    public <T extends TaskRequest> Optional<T> question(Class<T> kind) {
        return Optional.of(question).filter(kind::isInstance).map(kind::cast);
    }

    /** Name of the folder that a zip of its files has; empty if the answer names none. */
    public String folder() {
        if (answer instanceof TaskResult.Convert files) return files.folder();
        return answer instanceof TaskResult.Merge files ? files.folder() : "";
    }

    public boolean isOpen() {
        return state == State.ASKED || state == State.WORKING;
    }

    public boolean isOf(RunOwner owner) {
        return owner.person()
                .map(p -> person != null && person.id.equals(p.id))
                .orElseGet(() -> owner.visitor().get().equals(visitor));
    }
}
