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

    /** Folder of the repository that holds the adapter; null for its top. */
    public String subfolder;

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

    /** Why it failed or was not published, as a sentence; otherwise null. */
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

    /** @param why publishing was refused, a sentence */
    void stayUnpublished(String why, Instant at) {
        become(ImportState.UNPUBLISHED, at);
        failure = why;
    }

    public ImportedFrom source() {
        return new ImportedFrom(hub, repository, subfolder, commit);
    }

    /** Last word of the repository's name, or of the folder in it. */
    String name() {
        String path = subfolder == null ? repository : subfolder;
        return path.substring(path.lastIndexOf('/') + 1);
    }

    /** {@code owner/name}, with the folder in it. */
    public String label() {
        return subfolder == null ? repository : repository + "/" + subfolder;
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

    /**
     * Open uploads that earlier imports of the same folder have left, and that this one would only repeat: those of the
     * same commit, and those that couldn't be published.
     */
    List<UUID> leftUploads() {
        return getEntityManager()
                .createQuery(
                        "select i.upload.id from AdapterImport i where i.person = ?1 and i.hub = ?2"
                                + " and i.repository = ?3 and coalesce(i.subfolder, '') = ?4"
                                + " and (i.state = ?5 or i.state = ?6 and i.commit = ?7)"
                                + " and i.upload.state not in (?8, ?9) order by i.createdAt",
                        UUID.class)
                .setParameter(1, person)
                .setParameter(2, hub)
                .setParameter(3, repository)
                .setParameter(4, subfolder == null ? "" : subfolder)
                .setParameter(5, ImportState.UNPUBLISHED)
                .setParameter(6, ImportState.DONE)
                .setParameter(7, commit)
                .setParameter(8, UploadState.PUBLISHED)
                .setParameter(9, UploadState.CANCELLED)
                .getResultList();
    }

    static long deleteEnded(Instant before) {
        return delete("endedAt < ?1", before);
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
