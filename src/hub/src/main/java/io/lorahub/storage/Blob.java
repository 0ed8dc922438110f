package io.lorahub.storage;

import io.quarkus.hibernate.orm.panache.PanacheEntityBase;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import java.time.Instant;

/** The content of a file in the object store, identified by its SHA-256. Identical content is stored only once. */
@Entity
public class Blob extends PanacheEntityBase {

    /** SHA-256 as 64 hexadecimal digits. */
    @Id
    public String sha256;

    /** Size in bytes. */
    public long size;

    /** CRC-32 as used in zip files; null until known. */
    public Long crc32;

    /** When the object was found missing or damaged; null if it is not known to be unusable. */
    @Column(name = "unusable_since")
    public Instant unusableSince;

    @Column(name = "created_at")
    public Instant createdAt = Instant.now();
}
