package io.lorahub.account.signin;

import io.lorahub.account.Person;
import io.lorahub.account.Secret;
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

/** A browser in which a person has signed in with the right password. */
@Entity
@Table(name = "known_browser")
public class KnownBrowser extends BaseEntity {

    /** Counted from the last sign-in. */
    static final Duration LIFE = Duration.ofDays(365);

    @ManyToOne(fetch = FetchType.LAZY)
    @JoinColumn(name = "person_id")
    public Person person;

    @Column(name = "secret_hash")
    public byte[] secretHash;

    @Column(name = "last_used_at")
    public Instant lastUsedAt = Instant.now();

    public static Optional<KnownBrowser> of(Secret secret, String name) {
        return find(
                        "secretHash = ?1 and person.name = ?2 and lastUsedAt > ?3",
                        secret.hash(),
                        name,
                        Instant.now().minus(LIFE))
                .firstResultOptional();
    }
}
