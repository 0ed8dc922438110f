package io.lorahub.composition.form;

import io.quarkus.hibernate.orm.panache.PanacheEntityBase;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;
import org.hibernate.annotations.JdbcTypeCode;
import org.hibernate.type.SqlTypes;

/**
 * The run that a member is about to request. Each member has at most one draft, kept until it is started or discarded.
 */
@Entity
@Table(name = "composition_draft")
public class ComposeDraft extends PanacheEntityBase {

    @Id
    @Column(name = "person_id")
    public Long personId;

    @JdbcTypeCode(SqlTypes.JSON)
    public RunForm form;

    @Column(name = "saved_at")
    public Instant savedAt;
}
