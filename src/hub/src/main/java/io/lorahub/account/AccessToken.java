package io.lorahub.account;

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
import java.util.Optional;

/** A personal access token for programs. The token itself is shown once and not stored. */
@Entity
@Table(name = "access_token")
public class AccessToken extends BaseEntity {

    /** Rights of a token's holder; each scope includes the ones before it. */
    public enum Scope {
        /** Nothing but having texts written by models, see {@code OpenAiResource}. */
        GENERATE,
        READ,
        WRITE,

        /** Adds the rights of the person's role. Without it, the token acts as a plain member's, for reading too. */
        ADMINISTER
    }

    @Column(name = "secret_hash")
    public byte[] secretHash;

    @ManyToOne(fetch = FetchType.LAZY)
    @JoinColumn(name = "person_id")
    public Person person;

    public String name;

    @Enumerated(EnumType.STRING)
    public Scope scope;

    /** The token's last four characters, by which its holder can recognise it. */
    public String ending;

    @Column(name = "created_at")
    public Instant createdAt = Instant.now();

    @Column(name = "expires_at")
    public Instant expiresAt;

    @Column(name = "last_used_at")
    public Instant lastUsedAt;

    @Column(name = "revoked_at")
    public Instant revokedAt;

    /** The valid token for a secret, with its person loaded. */
    public static Optional<AccessToken> of(Secret secret) {
        return find(
                        "from AccessToken t join fetch t.person p where t.secretHash = ?1 and t.revokedAt is null"
                                + " and (t.expiresAt is null or t.expiresAt > ?2) and p.bannedAt is null",
                        secret.hash(),
                        Instant.now())
                .firstResultOptional();
    }
}
