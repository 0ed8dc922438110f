package io.lorahub.account;

import io.lorahub.database.BaseEntity;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.EnumType;
import jakarta.persistence.Enumerated;
import java.time.Instant;
import java.util.Optional;
import org.hibernate.annotations.DynamicUpdate;

/** A person who can sign in. */
@Entity
@DynamicUpdate // a change of one column must not take back what others have changed meanwhile, such as a ban
public class Person extends BaseEntity {

    public String name;

    @Column(name = "display_name")
    public String displayName = "";

    public String email;

    /** Made by {@link Passwords}; null for a person who signs in only through an organisation. */
    @Column(name = "password_hash")
    public String passwordHash;

    @Enumerated(EnumType.STRING)
    public Role role = Role.MEMBER;

    @Column(name = "banned_at")
    public Instant bannedAt;

    @Column(name = "ban_reason")
    public String banReason;

    @Column(name = "created_at")
    public Instant createdAt = Instant.now();

    public static Optional<Person> named(String name) {
        return find("name", name).firstResultOptional();
    }

    public boolean isBanned() {
        return bannedAt != null;
    }
}
