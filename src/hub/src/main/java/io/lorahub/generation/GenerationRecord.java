package io.lorahub.generation;

import io.lorahub.account.Person;
import io.quarkus.hibernate.orm.panache.PanacheEntityBase;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.EnumType;
import jakarta.persistence.Enumerated;
import jakarta.persistence.FetchType;
import jakarta.persistence.Id;
import jakarta.persistence.JoinColumn;
import jakarta.persistence.ManyToOne;
import jakarta.persistence.Table;
import java.time.Instant;
import java.util.UUID;
import org.hibernate.annotations.JdbcTypeCode;
import org.hibernate.type.SqlTypes;

/** A request for texts. After its end only its owner, its time and its size are kept, which the limits count for a day. */
@Entity
@Table(name = "generation")
public class GenerationRecord extends PanacheEntityBase {

    public enum State {
        WAITING,
        WRITING,
        ENDED
    }

    @Id
    public UUID id;

    /** Null for a visitor's. */
    @ManyToOne(fetch = FetchType.LAZY)
    @JoinColumn(name = "person_id")
    public Person person;

    /** SHA-256 of a visitor's network address in hex; null for a member's. */
    public String network;

    @Enumerated(EnumType.STRING)
    public State state = State.WAITING;

    /** Null once it has ended. */
    @JdbcTypeCode(SqlTypes.JSON)
    public GenerationWork work;

    /** Read and written; until it has ended, the most that these can be. */
    public int tokens;

    @Column(name = "created_at")
    public Instant createdAt;

    /** Tells callers apart. */
    String owner() {
        return person == null ? "network " + network : "person " + person.id;
    }

    /** @param read and written */
    void end(int read) {
        state = State.ENDED;
        work = null;
        tokens = read;
    }
}
