package io.lorahub.imports.state;

import io.lorahub.account.Person;
import io.lorahub.upload.Upload;
import io.lorahub.upload.UploadFile;
import io.lorahub.upload.UploadState;
import io.lorahub.web.SingleLineText;
import io.quarkus.hibernate.orm.panache.PanacheEntityBase;
import jakarta.persistence.Column;
import jakarta.persistence.EnumType;
import jakarta.persistence.Enumerated;
import jakarta.persistence.FetchType;
import jakarta.persistence.Id;
import jakarta.persistence.JoinColumn;
import jakarta.persistence.ManyToOne;
import jakarta.persistence.MappedSuperclass;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.hibernate.annotations.JdbcTypeCode;
import org.hibernate.type.SqlTypes;

/** Something that the hub fetches from a repository of another hub. */
@MappedSuperclass
public abstract class RepositoryImport extends PanacheEntityBase {

    /** How often in a row fetching can be interrupted without progress. */
    public static final int MOST_TRIES = 8;

    /** Characters. */
    private static final int LONGEST_REASON = 2000;

    /** How often in a row the other hub can be too slow; each try occupies a thread until that is known. */
    private static final int MOST_SLOW_TRIES = 3;

    private static final long LONGEST_PAUSE = 243; // times the first

    @Id
    public UUID id = UUID.randomUUID();

    /** Who asked for it. */
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

    /** The person's token for the other hub; null if there is none, and once no more is fetched. */
    public String token;

    @Enumerated(EnumType.STRING)
    private ImportState state = ImportState.WAITING;

    /** Why it failed or was not published, as a sentence; otherwise null. */
    public String failure;

    /** Why it makes no progress at the moment, as a sentence; otherwise null. */
    public String problem;

    /** The files to fetch; null until they are known. */
    @JdbcTypeCode(SqlTypes.JSON)
    public List<FetchedFile> files;

    /** Receives the files; null until they are known. */
    @ManyToOne(fetch = FetchType.LAZY)
    @JoinColumn(name = "upload_id")
    public Upload upload;

    /** Size of all files. */
    public long bytes;

    /** Number of bytes that had arrived when the connection was last lost. */
    public long progress;

    /** How often in a row the connection was lost without progress. */
    public int tries;

    @Column(name = "created_at")
    public Instant createdAt;

    @Column(name = "ended_at")
    public Instant endedAt;

    public ImportState getState() {
        return state;
    }

    /** {@code owner/name} there, with the folder in it. */
    public String label() {
        return repository;
    }

    /** The files that are here and could not be compared with the other hub's. */
    public List<UnverifiedFile> unverified() {
        if (files == null) return List.of();
        return files.stream()
                .filter(file -> file.unverified() && file.sha256() != null)
                .map(file -> new UnverifiedFile(file.name(), file.sha256()))
                .toList();
    }

    /** Number of bytes that are here. */
    public long fetched() {
        if (upload == null) return state == ImportState.DONE ? bytes : 0;
        boolean checked = upload.getState() == UploadState.PUBLISHED
                || upload.isBaseModel() && upload.getState() == UploadState.FAILED;
        return checked
                ? bytes
                : upload.files.stream().mapToLong(UploadFile::offset).sum();
    }

    /** @param at the present time, for states that end it */
    public void become(ImportState next, Instant at) {
        if (!state.isOpen()) throw new IllegalStateException("The import %s is %s already.".formatted(id, state));
        state = next;
        problem = null;
        if (next != ImportState.WAITING && next != ImportState.FETCHING) token = null;
        if (!next.isOpen()) endedAt = at;
    }

    /** @param why a sentence */
    public void fail(String why, Instant at) {
        become(ImportState.FAILED, at);
        failure = shown(why);
    }

    /** Sentences can quote what the other hub says. */
    private static String shown(String why) {
        String line = SingleLineText.of(why);
        return line.length() <= LONGEST_REASON ? line : line.substring(0, LONGEST_REASON - 1) + "…";
    }

    /**
     * Notes that fetching was interrupted, and will be tried again.
     *
     * @param why  a sentence
     * @param here number of bytes that have arrived
     * @param slow whether the other hub was too slow, so that what arrived is no progress
     * @return how often in a row that happened without progress
     */
    public int interrupted(String why, long here, boolean slow) {
        tries = here > progress && !slow ? 1 : tries + 1;
        progress = Math.max(here, progress);
        problem = shown(why);
        return tries;
    }

    /** Whether so many tries in a row are enough. */
    public static boolean isGivenUp(int tries, boolean slow) {
        return tries >= (slow ? MOST_SLOW_TRIES : MOST_TRIES);
    }

    /**
     * Each pause is three times as long as the one before.
     *
     * @param first pause after the first interruption
     * @param tries how often in a row it was interrupted
     */
    public static Duration pause(Duration first, int tries) {
        return first.multipliedBy(Math.min(LONGEST_PAUSE, (long) Math.pow(3, tries - 1.0)));
    }
}
