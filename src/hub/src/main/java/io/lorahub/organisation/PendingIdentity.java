package io.lorahub.organisation;

import io.lorahub.account.Secret;
import io.lorahub.database.BaseEntity;
import io.lorahub.web.HubCookie;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Table;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** A user known to the provider but not yet linked to an account. */
@Entity
@Table(name = "organisation_arrival")
public class PendingIdentity extends BaseEntity {

    static final Duration LIFE = Duration.ofMinutes(30);

    /** Identifies a browser between the provider's sign-in and the choice of an account. */
    static final HubCookie COOKIE = new HubCookie("lorahub_arrival", OrganisationTenant.PATH);

    @Column(name = "secret_hash")
    public byte[] secretHash;

    public String issuer;

    public String subject;

    public String label;

    @Column(name = "display_name")
    public String displayName;

    public String email;

    @Column(name = "expires_at")
    public Instant expiresAt = Instant.now().plus(LIFE);

    static Optional<PendingIdentity> of(Secret secret) {
        return find("secretHash = ?1 and expiresAt > ?2", secret.hash(), Instant.now())
                .firstResultOptional();
    }
}
