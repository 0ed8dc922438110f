package io.lorahub.moderation;

import io.lorahub.account.Person;
import io.lorahub.adapter.Repository;
import io.lorahub.database.BaseEntity;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.FetchType;
import jakarta.persistence.JoinColumn;
import jakarta.persistence.ManyToOne;
import java.time.Instant;
import java.util.Optional;

/** An owner's request that moderators reconsider a takedown or a request for changes. */
@Entity
public class Appeal extends BaseEntity {

    static final int TEXT = 4000;

    @ManyToOne(fetch = FetchType.LAZY)
    @JoinColumn(name = "repository_id")
    public Repository repository;

    @ManyToOne(fetch = FetchType.LAZY)
    @JoinColumn(name = "person_id")
    public Person person;

    public String text;

    @Column(name = "created_at")
    public Instant createdAt = Instant.now();

    /** Null until a moderator has answered. */
    @Column(name = "closed_at")
    public Instant closedAt;

    static Optional<Appeal> openOn(Repository repository) {
        return find("from Appeal a join fetch a.person where a.repository = ?1 and a.closedAt is null", repository)
                .firstResultOptional();
    }
}
