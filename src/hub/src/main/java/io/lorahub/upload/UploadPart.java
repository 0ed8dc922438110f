package io.lorahub.upload;

import io.lorahub.database.BaseEntity;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.FetchType;
import jakarta.persistence.JoinColumn;
import jakarta.persistence.ManyToOne;
import jakarta.persistence.Table;

/** The part of a file received in one request before it ended or failed. */
@Entity
@Table(name = "upload_part")
public class UploadPart extends BaseEntity {

    @ManyToOne(fetch = FetchType.LAZY)
    @JoinColumn(name = "file_id")
    public UploadFile file;

    /** Offset of its first byte in the file. */
    public long start;

    /** Size in bytes. */
    public long size;

    @Column(name = "object_key")
    public String objectKey;

    public String sha256;

    /** CRC-32 of the part; null if it was received by an older release. */
    public Long crc32;

    /** Offset of the byte after its last. */
    public long end() {
        return start + size;
    }
}
