package io.lorahub.huggingface;

import io.lorahub.account.Publisher;
import io.lorahub.adapter.Adapter;
import io.lorahub.adapter.Visibility;
import io.lorahub.database.BaseEntity;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.EnumType;
import jakarta.persistence.Enumerated;
import jakarta.persistence.FetchType;
import jakarta.persistence.JoinColumn;
import jakarta.persistence.LockModeType;
import jakarta.persistence.ManyToOne;
import jakarta.persistence.OneToOne;
import java.time.Instant;
import java.util.Optional;

/** The commits of an adapter, or of a name under which no adapter has been published yet. */
@Entity
public class Repository extends BaseEntity {

    @ManyToOne(fetch = FetchType.LAZY)
    @JoinColumn(name = "publisher_id")
    public Publisher publisher;

    /** The adapter's name. */
    public String name;

    /** Null until a commit holds an adapter. */
    @OneToOne(fetch = FetchType.LAZY)
    @JoinColumn(name = "adapter_id")
    public Adapter adapter;

    /** What the adapter's visibility will be; without meaning once there is an adapter. */
    @Enumerated(EnumType.STRING)
    public Visibility visibility = Visibility.PRIVATE;

    /** SHA-256 of the card as Markdown when README.md was last written; another one means that the card has changed. */
    @Column(name = "card_sha256")
    public String cardSha256;

    @Column(name = "created_at")
    public Instant createdAt = Instant.now();

    public static Optional<Repository> of(Adapter adapter) {
        return find("adapter", adapter).firstResultOptional();
    }

    public static Optional<Repository> at(Publisher publisher, String name) {
        return find("publisher = ?1 and name = ?2", publisher, name).firstResultOptional();
    }

    /** Locks the repository until the transaction ends, because commits are numbered. */
    public static Repository locked(Long id) {
        return findById(id, LockModeType.PESSIMISTIC_WRITE);
    }
}
