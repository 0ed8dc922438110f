package io.lorahub.composition;

import io.lorahub.account.Person;
import io.lorahub.database.BaseEntity;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.FetchType;
import jakarta.persistence.JoinColumn;
import jakarta.persistence.ManyToOne;
import jakarta.persistence.Table;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;

/** A key that a member has used, and what the request created. It is deleted with what it created. */
@Entity
@Table(name = "idempotency_key")
public class IdempotencyKey extends BaseEntity {

    /** What a request with a key creates. The same key can be used for one of each. */
    public enum Kind {
        RUN("runId"),
        MERGE("taskId");

        private final String column;

        Kind(String column) {
            this.column = column;
        }

        /** As messages name it. */
        String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    @ManyToOne(fetch = FetchType.LAZY)
    @JoinColumn(name = "person_id")
    public Person person;

    public String key;

    /**
     * SHA-256 of the request in hex; null for a run of an earlier release, which didn't store it, until its request is
     * repeated.
     */
    @Column(name = "request_sha256")
    public String request;

    /** Null for a merge. */
    @Column(name = "run_id")
    public UUID runId;

    /** Null for a run. */
    @Column(name = "task_id")
    public UUID taskId;

    static Optional<IdempotencyKey> of(Person person, Kind kind, String key) {
        return find("person = ?1 and key = ?2 and %s is not null".formatted(kind.column), person, key)
                .firstResultOptional();
    }

    static void persist(Person person, Kind kind, String key, String request, UUID created) {
        IdempotencyKey row = new IdempotencyKey();
        row.person = person;
        row.key = key;
        row.request = request;
        if (kind == Kind.RUN) row.runId = created;
        else row.taskId = created;
        row.persist();
    }

    UUID created() {
        return runId == null ? taskId : runId;
    }
}
