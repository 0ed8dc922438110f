package io.lorahub.upload;

import com.fasterxml.jackson.databind.JsonNode;
import io.lorahub.account.Person;
import io.lorahub.database.BaseEntity;
import jakarta.persistence.CascadeType;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.EnumType;
import jakarta.persistence.Enumerated;
import jakarta.persistence.FetchType;
import jakarta.persistence.JoinColumn;
import jakarta.persistence.ManyToOne;
import jakarta.persistence.OneToMany;
import jakarta.persistence.OrderBy;
import jakarta.persistence.Table;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.hibernate.annotations.JdbcTypeCode;
import org.hibernate.type.SqlTypes;

/** A file of an upload, either complete or with the parts received so far. */
@Entity
@Table(name = "upload_file")
public class UploadFile extends BaseEntity {

    @ManyToOne(fetch = FetchType.LAZY)
    @JoinColumn(name = "upload_id")
    public Upload upload;

    /** Name without a path. */
    public String name;

    @Enumerated(EnumType.STRING)
    public FileKind kind;

    /** Announced size in bytes. */
    public long size;

    /** SHA-256 of the content, once it is complete and in the store. */
    public String sha256;

    /** SHA-256 that the content must have; null if it was not announced. */
    @Column(name = "expected_sha256")
    public String expectedSha256;

    /** The card of a README, or the parts of a recipe, as read by {@code Readmes}; null for other files. */
    @JdbcTypeCode(SqlTypes.JSON)
    public JsonNode card;

    /** The request that is currently sending it; null if there is none. */
    public UUID receiver;

    /** When that request's lease expires. */
    @Column(name = "receiver_until")
    public Instant receiverUntil;

    /** The parts received, without gaps from the start; empty once the file is complete. */
    @OneToMany(mappedBy = "file", cascade = CascadeType.ALL, orphanRemoval = true)
    @OrderBy("start")
    public List<UploadPart> parts = new ArrayList<>();

    public boolean isWhole() {
        return sha256 != null || kind == FileKind.IGNORED;
    }

    /** Number of bytes received, which is also the offset of the next byte. */
    public long offset() {
        if (isWhole()) return size;
        return parts.isEmpty() ? 0 : parts.get(parts.size() - 1).end();
    }

    /** Number of bytes of adapters that a person has announced but not yet sent. */
    static long bytesToCome(Person person) {
        long announced = sum(
                "select sum(f.size) from UploadFile f where f.sha256 is null and f.kind <> IGNORED"
                        + " and f.upload.state = RECEIVING and f.upload.baseModel is null and f.upload.person = ?1",
                person);
        long came = sum(
                "select sum(p.size) from UploadPart p where p.file.upload.baseModel is null and p.file.upload.person = ?1",
                person);
        return announced - came;
    }

    private static long sum(String query, Person person) {
        Long sum = getEntityManager()
                .createQuery(query, Long.class)
                .setParameter(1, person)
                .getSingleResult();
        return sum == null ? 0 : sum;
    }
}
