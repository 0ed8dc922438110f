package io.lorahub.adapter;

import io.lorahub.account.Publisher;
import io.lorahub.database.BaseEntity;
import io.lorahub.web.ProblemException;
import jakarta.persistence.Column;
import jakarta.persistence.EnumType;
import jakarta.persistence.Enumerated;
import jakarta.persistence.FetchType;
import jakarta.persistence.JoinColumn;
import jakarta.persistence.ManyToOne;
import jakarta.persistence.MappedSuperclass;
import jakarta.persistence.Version;
import java.time.Instant;

/**
 * What has an address below its publisher's name, and so a page and files that others can see: an adapter, or a
 * repository in which there is none. Members can report it, and moderators take it down.
 */
@MappedSuperclass
public abstract class ModeratedEntity extends BaseEntity {

    @ManyToOne(fetch = FetchType.LAZY)
    @JoinColumn(name = "publisher_id")
    public Publisher publisher;

    /** The last part of its address: {@code un} of {@code lab-a/un}. */
    public String name;

    @Enumerated(EnumType.STRING)
    public Visibility visibility = Visibility.PRIVATE;

    @Enumerated(EnumType.STRING)
    public AdapterState state = AdapterState.ACTIVE;

    /** Why moderation asks for changes or took it down; null if it is active. */
    @Column(name = "state_reason")
    public String stateReason;

    @Column(name = "created_at")
    public Instant createdAt = Instant.now();

    @Column(name = "updated_at")
    public Instant updatedAt = Instant.now();

    /** For If-Match; increases with each change of the card, or with each commit if there is no adapter. */
    @Version
    public int edition;

    /** {@code publisher/name}, as used in addresses and texts. */
    public String address() {
        return publisher.name + "/" + name;
    }

    public String page() {
        return "/" + address();
    }

    /** What the audit log and templates call it. */
    public abstract String kind();

    /** Whether only its publisher's members and moderators can see it, whatever its visibility is. */
    public boolean isTakenDown() {
        return state == AdapterState.TAKEN_DOWN;
    }

    /** Whether it is taken down because its publisher's members are banned. */
    public boolean isOwnerBanned() {
        return false;
    }

    /** Whether everybody can see it in lists: public, and not taken down. */
    public boolean isListed() {
        return visibility == Visibility.PUBLIC && !isTakenDown();
    }

    /** Whether everybody who has its address can see it. */
    public boolean isOpen() {
        return visibility != Visibility.PRIVATE && !isTakenDown();
    }

    /** Prevents its deletion until the transaction ends, so that references to it can be stored. */
    public void lockAgainstDeletion() {
        boolean gone = getEntityManager()
                .createNativeQuery("select id from %s where id = ?1 for key share".formatted(kind()))
                .setParameter(1, id)
                .getResultList()
                .isEmpty();
        if (gone) throw ProblemException.notFound(kind());
    }
}
