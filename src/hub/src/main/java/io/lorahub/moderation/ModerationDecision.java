package io.lorahub.moderation;

import io.lorahub.account.Person;
import io.lorahub.adapter.Adapter;
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

/** A moderator's decision about an adapter, with its reason. */
@Entity
@Table(name = "decision")
public class ModerationDecision extends BaseEntity {

    static final int REASON = 2000;

    @ManyToOne(fetch = FetchType.LAZY)
    @JoinColumn(name = "adapter_id")
    public Adapter adapter;

    @ManyToOne(fetch = FetchType.LAZY)
    @JoinColumn(name = "moderator_id")
    public Person moderator;

    @Enumerated(EnumType.STRING)
    public ModerationAction action;

    public String reason;

    @Column(name = "decided_at")
    public Instant decidedAt = Instant.now();

    /** Decisions on an adapter with their moderators, newest first. */
    static List<ModerationDecision> on(Adapter adapter) {
        return list(
                "from ModerationDecision d left join fetch d.moderator where d.adapter = ?1 order by d.id desc",
                adapter);
    }
}
