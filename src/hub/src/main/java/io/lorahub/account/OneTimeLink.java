package io.lorahub.account;

import io.lorahub.database.BaseEntity;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.EnumType;
import jakarta.persistence.Enumerated;
import jakarta.persistence.FetchType;
import jakarta.persistence.JoinColumn;
import jakarta.persistence.LockModeType;
import jakarta.persistence.ManyToOne;
import jakarta.persistence.Table;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** A link that lets its holder do one thing, once. */
@Entity
@Table(name = "one_time_link")
public class OneTimeLink extends BaseEntity {

    public enum Purpose {
        FIRST_ADMIN,
        RESET_PASSWORD,

        /** The password was right; the code of the second factor is still required. */
        SIGN_IN_CODE
    }

    @Column(name = "secret_hash")
    public byte[] secretHash;

    @Enumerated(EnumType.STRING)
    public Purpose purpose;

    /** The person concerned; null for the first administrator, who does not exist yet. */
    @ManyToOne(fetch = FetchType.LAZY)
    @JoinColumn(name = "person_id")
    public Person person;

    @Column(name = "created_at")
    public Instant createdAt = Instant.now();

    @Column(name = "expires_at")
    public Instant expiresAt;

    @Column(name = "used_at")
    public Instant usedAt;

    /** Creates a link that replaces earlier ones with the same purpose and person. */
    public static Secret make(Purpose purpose, Person person, Duration life) {
        delete("purpose = ?1 and person = ?2 and usedAt is null", purpose, person);
        return persist(purpose, person, life);
    }

    /** Creates a link without a person; other valid links stay valid, because each process of a hub prints its own. */
    public static Secret more(Purpose purpose, Duration life) {
        delete("purpose = ?1 and expiresAt < ?2", purpose, Instant.now());
        return persist(purpose, null, life);
    }

    private static Secret persist(Purpose purpose, Person person, Duration life) {
        Secret secret = Secret.random("");
        OneTimeLink link = new OneTimeLink();
        link.secretHash = secret.hash();
        link.purpose = purpose;
        link.person = person;
        link.expiresAt = Instant.now().plus(life);
        link.persist();
        return secret;
    }

    /** The link with this secret, if it is still valid. */
    public static Optional<OneTimeLink> of(Purpose purpose, String secret) {
        return of(purpose, secret, LockModeType.NONE);
    }

    /** Uses up the link, in the caller's transaction; of two concurrent callers only one gets it. */
    public static Optional<OneTimeLink> use(Purpose purpose, String secret) {
        Optional<OneTimeLink> link = of(purpose, secret, LockModeType.PESSIMISTIC_WRITE);
        link.ifPresent(valid -> valid.usedAt = Instant.now());
        return link;
    }

    private static Optional<OneTimeLink> of(Purpose purpose, String secret, LockModeType lock) {
        return OneTimeLink.<OneTimeLink>find(
                        "secretHash = ?1 and purpose = ?2 and usedAt is null and expiresAt > ?3",
                        new Secret(secret).hash(),
                        purpose,
                        Instant.now())
                .withLock(lock)
                .firstResultOptional();
    }
}
