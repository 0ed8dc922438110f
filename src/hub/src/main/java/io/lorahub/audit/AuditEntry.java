package io.lorahub.audit;

import io.lorahub.database.BaseEntity;
import jakarta.persistence.Entity;
import jakarta.persistence.Table;
import java.time.Instant;

/** One moderation or account action. The database refuses to change or delete it. */
@Entity
@Table(name = "audit_entry")
public class AuditEntry extends BaseEntity {

    public Instant at = Instant.now();

    /** Name of the person; {@code system} for actions of LoraHub itself. */
    public String actor;

    /** Verb and object, such as {@code adapter.take-down}. */
    public String action;

    /** Target of the action, such as {@code lab-a/un}. */
    public String subject;

    public String detail = "";

    /** Address from which the request came; null for actions of LoraHub itself. */
    public String address;
}
