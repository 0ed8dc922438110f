package io.lorahub.upload;

import com.fasterxml.jackson.databind.JsonNode;
import io.lorahub.account.Person;
import io.quarkus.hibernate.orm.panache.PanacheEntityBase;
import jakarta.persistence.CascadeType;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.EnumType;
import jakarta.persistence.Enumerated;
import jakarta.persistence.FetchType;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.GenerationType;
import jakarta.persistence.Id;
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

/** A file of an upload, whole or with the parts of it that have come. */
@Entity
@Table(name = "upload_file")
public class UploadFile extends PanacheEntityBase {

    @Id
    @GeneratedValue(strategy = GenerationType.IDENTITY)
    public Long id;

    @ManyToOne(fetch = FetchType.LAZY)
    @JoinColumn(name = "upload_id")
    public Upload upload;

    /** Without a path. */
    public String name;

    @Enumerated(EnumType.STRING)
    public FileKind kind;

    /** In bytes, as it was announced. */
    public long size;

    /** Of the content, once it is whole and in the store. */
    public String sha256;

    /** Of a README: what it says of the card, as {@link Readmes} reads it; null of other files. */
    @JdbcTypeCode(SqlTypes.JSON)
    public JsonNode card;

    /** The request that is sending it at the moment; null where none is. */
    public UUID receiver;

    /** Until when that request counts as alive. */
    @Column(name = "receiver_until")
    public Instant receiverUntil;

    /** What has come, without gaps from the start; none once the file is whole. */
    @OneToMany(mappedBy = "file", cascade = CascadeType.ALL, orphanRemoval = true)
    @OrderBy("start")
    public List<UploadPart> parts = new ArrayList<>();

    /** Whether nothing of it is to come any more. */
    public boolean isWhole() {
        return sha256 != null || kind == FileKind.IGNORED;
    }

    /** How many bytes have come; the next has this place in the file. */
    public long offset() {
        if (isWhole()) return size;
        return parts.isEmpty() ? 0 : parts.get(parts.size() - 1).end();
    }

    /** What a person has announced and not sent. */
    static long bytesToCome(Person person) {
        long announced = sum(
                "select sum(f.size) from UploadFile f where f.sha256 is null and f.kind <> IGNORED"
                        + " and f.upload.state = RECEIVING and f.upload.person = ?1",
                person);
        long came = sum("select sum(p.size) from UploadPart p where p.file.upload.person = ?1", person);
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
