package io.lorahub.imports;

import com.fasterxml.jackson.databind.JsonNode;
import io.lorahub.account.Person;
import io.lorahub.adapter.AdapterVersion;
import io.lorahub.adapter.ImportedFrom;
import io.lorahub.upload.Upload;
import io.lorahub.upload.UploadFile;
import io.lorahub.upload.UploadState;
import io.quarkus.hibernate.orm.panache.PanacheEntityBase;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.EnumType;
import jakarta.persistence.Enumerated;
import jakarta.persistence.FetchType;
import jakarta.persistence.Id;
import jakarta.persistence.JoinColumn;
import jakarta.persistence.LockModeType;
import jakarta.persistence.ManyToOne;
import jakarta.persistence.Table;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.hibernate.annotations.JdbcTypeCode;
import org.hibernate.type.SqlTypes;

/** An adapter that the hub fetches from another hub for a member. */
@Entity
@Table(name = "adapter_import")
public class AdapterImport extends PanacheEntityBase {

    @Id
    public UUID id = UUID.randomUUID();

    @ManyToOne(fetch = FetchType.LAZY)
    @JoinColumn(name = "person_id")
    public Person person;

    /** Address of the other hub, without a path. */
    public String hub;

    /** {@code owner/name} there. */
    public String repository;

    /** Branch, tag or commit that was asked for. */
    public String revision;

    /** Id of 40 hexadecimal digits; null until the other hub has said it. */
    @Column(name = "commit_id")
    public String commit;

    /** The member's token for the other hub; null if there is none, and once no more is fetched. */
    public String token;

    /** To publish under; null for the member's own. */
    public String publisher;

    /** {@code publisher/name} of the adapter that gets a new version; null for a new adapter. */
    public String target;

    /** Whether to publish it once the checks have passed; otherwise it ends as an upload. */
    public boolean publish;

    /** What the member said about the card; null for nothing. */
    @JdbcTypeCode(SqlTypes.JSON)
    public JsonNode card;

    @Enumerated(EnumType.STRING)
    private ImportState state = ImportState.WAITING;

    /** Why it failed, as a sentence; otherwise null. */
    public String failure;

    /** Why it makes no progress at the moment, as a sentence; otherwise null. */
    public String problem;

    /** The files to fetch; null until they are known. */
    @JdbcTypeCode(SqlTypes.JSON)
    public List<FetchedFile> files;

    /** Size of all files. */
    public long bytes;

    /** Size of the files that were known here, so that they were not fetched. */
    public long reused;

    /** Number of bytes that had arrived when the connection was last lost. */
    public long progress;

    /** How often in a row the connection was lost without progress. */
    public int tries;

    @ManyToOne(fetch = FetchType.LAZY)
    @JoinColumn(name = "upload_id")
    public Upload upload;

    @ManyToOne(fetch = FetchType.LAZY)
    @JoinColumn(name = "version_id")
    public AdapterVersion version;

    @Column(name = "created_at")
    public Instant createdAt;

    @Column(name = "ended_at")
    public Instant endedAt;

    /**
     * A file of the other hub.
     *
     * @param path there
     * @param name here
     * @param size in bytes
     * @param etag id of its content there
     * @param sha256 of its content; null until it is known
     */
    public record FetchedFile(String path, String name, long size, String etag, String sha256) {

        FetchedFile with(String content) {
            return new FetchedFile(path, name, size, etag, content);
        }
    }

    public ImportState getState() {
        return state;
    }

    /** @param at the present time, for states that end it */
    void become(ImportState next, Instant at) {
        if (!state.isOpen()) throw new IllegalStateException("The import %s is %s already.".formatted(id, state));
        state = next;
        problem = null;
        if (next != ImportState.WAITING && next != ImportState.FETCHING) token = null;
        if (!next.isOpen()) endedAt = at;
    }

    /** @param why a sentence */
    void fail(String why, Instant at) {
        become(ImportState.FAILED, at);
        failure = why;
    }

    public ImportedFrom source() {
        return new ImportedFrom(hub, repository, commit);
    }

    /** Number of bytes that are here. */
    public long fetched() {
        if (upload == null) return state == ImportState.DONE ? bytes : 0;
        if (upload.getState() == UploadState.PUBLISHED) return bytes;
        return upload.files.stream().mapToLong(UploadFile::offset).sum();
    }

    static Optional<AdapterImport> locked(UUID id) {
        return findByIdOptional(id, LockModeType.PESSIMISTIC_WRITE);
    }

    static Optional<AdapterImport> openOf(Person person) {
        return find("person = ?1 and endedAt is null", person).firstResultOptional();
    }

    /** A person's imports, newest first. */
    static List<AdapterImport> of(Person person, int most) {
        return AdapterImport.<AdapterImport>find("person = ?1 order by createdAt desc, id", person)
                .page(0, most)
                .list();
    }

    /** Earlier imports of the same repository by the same person, newest first. */
    List<AdapterImport> earlier() {
        return AdapterImport.<AdapterImport>find(
                        "person = ?1 and hub = ?2 and repository = ?3 and id <> ?4 and files is not null"
                                + " order by createdAt desc",
                        person,
                        hub,
                        repository,
                        id)
                .page(0, 5)
                .list();
    }
}
