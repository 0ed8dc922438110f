package io.lorahub.adapter;

import io.lorahub.account.Publisher;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.FetchType;
import jakarta.persistence.JoinColumn;
import jakarta.persistence.LockModeType;
import jakarta.persistence.OneToOne;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.hibernate.annotations.Formula;

/**
 * The commits of an adapter, or of a name under which no adapter has been published yet; the database makes one for each
 * adapter. Once there is an adapter, its own visibility and moderation state count instead of those of the repository.
 */
@Entity
public class Repository extends ModeratedEntity {

    /** Null until a commit holds an adapter. */
    @OneToOne(fetch = FetchType.LAZY)
    @JoinColumn(name = "adapter_id")
    public Adapter adapter;

    /** SHA-256 of the card as Markdown when README.md was last written; another one means that the card has changed. */
    @Column(name = "card_sha256")
    public String cardSha256;

    /** Whether all of its publisher's members are banned; false if there are none, as for the demo hub's. */
    @Formula("(exists (select 1 from publisher_member m where m.publisher_id = publisher_id)"
            + " and not exists (select 1 from publisher_member m join person p on p.id = m.person_id"
            + " where m.publisher_id = publisher_id and p.banned_at is null))")
    private boolean ownerBanned;

    /** The repository that keeps the commits, reports and decisions of a moderated entity. */
    public static Repository of(ModeratedEntity moderated) {
        return moderated instanceof Repository repository
                ? repository
                : Repository.<Repository>find("from Repository r join fetch r.adapter a where a.id = ?1", moderated.id)
                        .firstResult();
    }

    public static Optional<Repository> at(Publisher publisher, String name) {
        return find("publisher = ?1 and name = ?2", publisher, name).firstResultOptional();
    }

    /** Finds the repository at {@code publisher/name} that holds no adapter. */
    public static Optional<Repository> withoutAdapter(String publisher, String name) {
        return find(
                        "from Repository r join fetch r.publisher p where p.name = ?1 and r.name = ?2 and r.adapter is null",
                        publisher.toLowerCase(Locale.ROOT),
                        name.toLowerCase(Locale.ROOT))
                .firstResultOptional();
    }

    /** A publisher's repositories that hold no adapter, the newest first. */
    public static List<Repository> withoutAdapter(Publisher publisher) {
        return list("publisher = ?1 and adapter is null order by id desc", publisher);
    }

    /** Locks the repository until the transaction ends, because commits are numbered. */
    public static Repository locked(Long id) {
        return findById(id, LockModeType.PESSIMISTIC_WRITE);
    }

    /** What members see and report and moderators decide about: the adapter, or while there is none, the repository. */
    public ModeratedEntity moderated() {
        return adapter == null ? this : adapter;
    }

    @Override
    public boolean isOwnerBanned() {
        return ownerBanned;
    }

    /**
     * A repository without an adapter is also taken down while its publisher is banned. Adapters aren't, because the
     * mixes of others are made of them.
     */
    @Override
    public boolean isTakenDown() {
        return super.isTakenDown() || ownerBanned;
    }

    /**
     * Until something has been sent, only its publisher's members know about it: the first commit may be refused because
     * it can't be public.
     */
    @Override
    public boolean isOpen() {
        return super.isOpen() && isBegun();
    }

    @Override
    public boolean isListed() {
        return super.isListed() && isBegun();
    }

    /** Whether somebody has sent something since the repository was created, which made its first commit. */
    public boolean isBegun() {
        return getEntityManager()
                        .createQuery(
                                "select count(*) from RepositoryCommit c where c.repository = ?1 and c.number > 1",
                                Long.class)
                        .setParameter(1, this)
                        .getSingleResult()
                > 0;
    }

    @Override
    public String kind() {
        return "repository";
    }
}
