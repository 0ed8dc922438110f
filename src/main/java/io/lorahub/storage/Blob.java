package io.lorahub.storage;

import io.quarkus.hibernate.orm.panache.PanacheEntityBase;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import java.time.Instant;

/** A file's content in the object store, known by its SHA-256; each content is stored once. */
@Entity
public class Blob extends PanacheEntityBase {

    /** 64 hexadecimal digits. */
    @Id
    public String sha256;

    /** In bytes. */
    public long size;

    @Column(name = "created_at")
    public Instant createdAt = Instant.now();
}
