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
import java.time.Instant;
import java.util.List;

/** A member's complaint about an adapter, or about a repository without one. */
@Entity
public class Report extends BaseEntity {

    static final int TEXT = 2000;

    @ManyToOne(fetch = FetchType.LAZY)
    @JoinColumn(name = "repository_id")
    public Repository repository;

    @ManyToOne(fetch = FetchType.LAZY)
    @JoinColumn(name = "reporter_id")
    public Person reporter;

    @Enumerated(EnumType.STRING)
    public ReportCategory category;

    public String text = "";

    @Column(name = "created_at")
    public Instant createdAt = Instant.now();

    /** Null until a moderator has decided. */
    @Column(name = "closed_at")
    public Instant closedAt;

    /** Open reports with their reporters, oldest first. */
    static List<Report> openOn(Repository repository) {
        return list(
                "from Report r join fetch r.reporter where r.repository = ?1 and r.closedAt is null order by r.id",
                repository);
    }
}
