package io.lorahub.audit;

import io.quarkus.hibernate.orm.panache.PanacheEntityBase;
import jakarta.persistence.Entity;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.GenerationType;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;

/** One action of moderation or on an account. The database refuses to change or remove it. */
@Entity
@Table(name = "audit_entry")
public class AuditEntry extends PanacheEntityBase {

    @Id
    @GeneratedValue(strategy = GenerationType.IDENTITY)
    public Long id;

    public Instant at = Instant.now();

    /** The name of the person; {@code system} for what LoraHub did by itself. */
    public String actor;

    /** A verb with its object, such as {@code adapter.take-down}. */
    public String action;

    /** What it was done to, such as {@code lab-a/un}. */
    public String subject;

    public String detail = "";

    /** Where the request came from; null for what LoraHub did by itself. */
    public String address;
}
