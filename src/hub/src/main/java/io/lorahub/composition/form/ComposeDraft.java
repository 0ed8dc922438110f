package io.lorahub.composition.form;

import io.lorahub.composition.RunOwner;
import io.quarkus.hibernate.orm.panache.PanacheEntityBase;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.GenerationType;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;
import java.util.Optional;
import org.hibernate.annotations.JdbcTypeCode;
import org.hibernate.type.SqlTypes;

/**
 * The run that a member or visitor is about to request. Each has at most one draft, kept until it is started or discarded; a
 * visitor's also expires.
 */
@Entity
@Table(name = "composition_draft")
public class ComposeDraft extends PanacheEntityBase {

    @Id
    @GeneratedValue(strategy = GenerationType.IDENTITY)
    Long id;

    /** Null for a visitor's. */
    @Column(name = "person_id")
    Long personId;

    /** SHA-256 of a visitor's cookie in hex; null for a member's. */
    String visitor;

    /** SHA-256 of a visitor's network address in hex; null for a member's. */
    String network;

    @JdbcTypeCode(SqlTypes.JSON)
    RunForm form;

    @Column(name = "saved_at")
    Instant savedAt;

    /** When it is swept; null for a member's. */
    @Column(name = "expires_at")
    Instant expiresAt;

    static Optional<ComposeDraft> of(RunOwner owner) {
        return owner.person()
                .map(person -> ComposeDraft.<ComposeDraft>find("personId", person.id))
                .orElseGet(() -> find("visitor", owner.visitor().orElseThrow()))
                .firstResultOptional();
    }
}
