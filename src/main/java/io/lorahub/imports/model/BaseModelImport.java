package io.lorahub.imports.model;

import io.lorahub.account.Person;
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
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import org.hibernate.annotations.JdbcTypeCode;
import org.hibernate.type.SqlTypes;

/** A base model that the hub fetches from another hub for an administrator. */
@Entity
@Table(name = "base_model_import")
public class BaseModelImport extends PanacheEntityBase {

    /** What it is doing, or how it ended. */
    public enum Stage {
        WAITING,
        FETCHING,

        /** All files are here; the engine reads the model and runs it once. */
        CHECKING,

        DONE,
        FAILED,
        CANCELLED;

        public boolean isOpen() {
            return this == WAITING || this == FETCHING || this == CHECKING;
        }

        /** As in the API. */
        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

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

    /** For the other hub; null if there is none, and once no more is fetched. */
    public String token;

    /** To register it under. */
    public String name;

    public String summary;

    /** Null for that of the repository. */
    public String licence;

    @Enumerated(EnumType.STRING)
    private Stage state = Stage.WAITING;

    /** Why it failed, as a sentence; otherwise null. */
    public String failure;

    /** Why it makes no progress at the moment, as a sentence; otherwise null. */
    public String problem;

    /** The files to fetch; null until they are known. */
    @JdbcTypeCode(SqlTypes.JSON)
    public List<ModelFile> files;

    /** Size of all files. */
    public long bytes;

    /** Number of bytes that are here. */
    public long fetched;

    /** Number of bytes that had arrived when the connection was last lost. */
    public long progress;

    /** How often in a row the connection was lost without progress. */
    public int tries;

    @Column(name = "created_at")
    public Instant createdAt;

    @Column(name = "ended_at")
    public Instant endedAt;

    /**
     * A file of the other hub.
     *
     * @param size in bytes
     * @param etag id of its content there
     * @param sha256 of its content; null if the other hub doesn't say it
     */
    public record ModelFile(String name, long size, String etag, String sha256) {}

    public Stage getState() {
        return state;
    }

    /** @param at the present time, for states that end it */
    void become(Stage next, Instant at) {
        if (!state.isOpen()) throw new IllegalStateException("The import %s is %s already.".formatted(id, state));
        state = next;
        problem = null;
        if (next != Stage.WAITING && next != Stage.FETCHING) token = null;
        if (!next.isOpen()) endedAt = at;
    }

    /** @param why a sentence */
    void fail(String why, Instant at) {
        become(Stage.FAILED, at);
        failure = why;
    }

    static Optional<BaseModelImport> locked(UUID id) {
        return findByIdOptional(id, LockModeType.PESSIMISTIC_WRITE);
    }

    static Optional<BaseModelImport> open(String name) {
        return find("name = ?1 and endedAt is null", name).firstResultOptional();
    }

    /** Newest first. */
    static List<BaseModelImport> newest(int most) {
        return BaseModelImport.<BaseModelImport>find("order by createdAt desc, id")
                .page(0, most)
                .list();
    }

    static List<UUID> allOpen() {
        return getEntityManager()
                .createQuery("select id from BaseModelImport where endedAt is null", UUID.class)
                .getResultList();
    }

    static long deleteEnded(Instant before) {
        return delete("endedAt < ?1", before);
    }
}
