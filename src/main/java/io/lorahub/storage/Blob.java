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

    /** As a zip names it; null until it is known. */
    public Long crc32;

    /** When its object was found missing or damaged; null as far as is known to be sound. */
    @Column(name = "unusable_since")
    public Instant unusableSince;

    @Column(name = "created_at")
    public Instant createdAt = Instant.now();
}
