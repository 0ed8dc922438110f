package io.lorahub.moderation;

import io.lorahub.account.Person;
import io.lorahub.adapter.Repository;
import io.lorahub.database.BaseEntity;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.EnumType;
import jakarta.persistence.Enumerated;
import jakarta.persistence.FetchType;
import jakarta.persistence.JoinColumn;
import jakarta.persistence.ManyToOne;
import jakarta.persistence.Table;
import java.time.Instant;
import java.util.List;

/** A moderator's decision about an adapter, or about a repository without one, with its reason. */
@Entity
@Table(name = "decision")
public class ModerationDecision extends BaseEntity {

    static final int REASON = 2000;

    @ManyToOne(fetch = FetchType.LAZY)
    @JoinColumn(name = "repository_id")
    public Repository repository;

    @ManyToOne(fetch = FetchType.LAZY)
    @JoinColumn(name = "moderator_id")
    public Person moderator;

    @Enumerated(EnumType.STRING)
    public ModerationAction action;

    public String reason;

    @Column(name = "decided_at")
    public Instant decidedAt = Instant.now();

    /** Decisions with their moderators, newest first. */
    static List<ModerationDecision> on(Repository repository) {
        return list(
                "from ModerationDecision d left join fetch d.moderator where d.repository = ?1 order by d.id desc",
                repository);
    }
}
