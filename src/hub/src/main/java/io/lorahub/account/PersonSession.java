package io.lorahub.account;

import io.lorahub.database.BaseEntity;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.FetchType;
import jakarta.persistence.JoinColumn;
import jakarta.persistence.ManyToOne;
import jakarta.persistence.Table;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** A browser session of a signed-in person. */
@Entity
@Table(name = "person_session")
public class PersonSession extends BaseEntity {

    @Column(name = "secret_hash")
    public byte[] secretHash;

    @ManyToOne(fetch = FetchType.LAZY)
    @JoinColumn(name = "person_id")
    public Person person;

    @Column(name = "user_agent")
    public String userAgent = "";

    @Column(name = "created_at")
    public Instant createdAt = Instant.now();

    @Column(name = "last_seen_at")
    public Instant lastSeenAt = Instant.now();

    /** When the person last authenticated, by password or through the organisation. */
    @Column(name = "authenticated_at")
    public Instant authenticatedAt = Instant.now();

    @Column(name = "expires_at")
    public Instant expiresAt;

    /**
     * The live session of a secret, with its person loaded.
     *
     * @param idle time without a request after which a session ends
     */
    public static Optional<PersonSession> of(Secret secret, Duration idle) {
        return find(
                        "from PersonSession s join fetch s.person p"
                                + " where s.secretHash = ?1 and s.expiresAt > ?2 and s.lastSeenAt > ?3"
                                + " and p.bannedAt is null",
                        secret.hash(),
                        Instant.now(),
                        Instant.now().minus(idle))
                .firstResultOptional();
    }
}
