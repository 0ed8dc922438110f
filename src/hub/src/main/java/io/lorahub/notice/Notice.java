package io.lorahub.notice;

import io.lorahub.database.BaseEntity;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import java.time.Instant;

/** A message for a person, in the inbox. */
@Entity
public class Notice extends BaseEntity {

    @Column(name = "person_id")
    public Long personId;

    public String title;

    public String body = "";

    /** A path of this site; empty if there is nothing to open. */
    public String link = "";

    @Column(name = "created_at")
    public Instant createdAt = Instant.now();

    @Column(name = "read_at")
    public Instant readAt;
}
