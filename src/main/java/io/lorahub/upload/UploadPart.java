package io.lorahub.upload;

import io.quarkus.hibernate.orm.panache.PanacheEntityBase;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.FetchType;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.GenerationType;
import jakarta.persistence.Id;
import jakarta.persistence.JoinColumn;
import jakarta.persistence.ManyToOne;
import jakarta.persistence.Table;

/** What one request brought of a file before it ended or broke off. */
@Entity
@Table(name = "upload_part")
public class UploadPart extends PanacheEntityBase {

    @Id
    @GeneratedValue(strategy = GenerationType.IDENTITY)
    public Long id;

    @ManyToOne(fetch = FetchType.LAZY)
    @JoinColumn(name = "file_id")
    public UploadFile file;

    /** The place of its first byte in the file. */
    public long start;

    /** In bytes. */
    public long size;

    /** Where it lies in the object store. */
    @Column(name = "object_key")
    public String objectKey;

    public String sha256;

    /** Null of what came to an older release. */
    public Long crc32;

    /** The place of the byte after its last. */
    public long end() {
        return start + size;
    }
}
