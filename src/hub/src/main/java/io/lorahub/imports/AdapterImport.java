package io.lorahub.imports;

import com.fasterxml.jackson.databind.JsonNode;
import io.lorahub.account.Person;
import io.lorahub.adapter.AdapterVersion;
import io.lorahub.adapter.ImportedFrom;
import io.lorahub.imports.state.ImportState;
import io.lorahub.imports.state.RepositoryImport;
import io.lorahub.upload.UploadState;
import jakarta.persistence.Entity;
import jakarta.persistence.FetchType;
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
public class AdapterImport extends RepositoryImport {

    /** Folder of the repository that holds the adapter; null for its top. */
    public String subfolder;

    /** To publish under; null for the member's own. */
    public String publisher;

    /** {@code publisher/name} of the adapter that gets a new version, named or found; null for a new adapter. */
    public String target;

    /** Whether to publish it once the checks have passed; otherwise it ends as an upload. */
    public boolean publish;

    /** What the member said about the card; null for nothing. */
    @JdbcTypeCode(SqlTypes.JSON)
    public JsonNode card;

    /** Size of the files that were known here, so that they were not fetched. */
    public long reused;

    @ManyToOne(fetch = FetchType.LAZY)
    @JoinColumn(name = "version_id")
    public AdapterVersion version;

    /** @param why publishing was refused, a sentence */
    void stayUnpublished(String why, Instant at) {
        become(ImportState.UNPUBLISHED, at);
        failure = why;
    }

    @Override
    public void become(ImportState next, Instant at) {
        super.become(next, at);
        if (!next.isOpen()) card = null; // the upload has it
    }

    public ImportedFrom source() {
        return new ImportedFrom(hub, repository, subfolder, commit);
    }

    /** Last word of the repository's name, or of the folder in it. */
    String name() {
        String path = subfolder == null ? repository : subfolder;
        return path.substring(path.lastIndexOf('/') + 1);
    }

    @Override
    public String label() {
        return subfolder == null ? repository : repository + "/" + subfolder;
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
