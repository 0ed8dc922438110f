package io.lorahub.upload;

import io.lorahub.account.Person;
import io.lorahub.storage.directory.FreeSpace;
import io.lorahub.web.Format;
import io.lorahub.web.ProblemException;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.EntityManager;
import jakarta.persistence.LockModeType;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;

/** Upload and storage limits of a member. */
@ApplicationScoped
public class UploadLimits {

    /** Maximum size of files that are read as text, in bytes. */
    public static final long TEXT_BYTES = 1_000_000;

    private static final int MAX_FILES = 1000;

    /**
     * Allowance for the rest of a form, in bytes. Forms with many files need more, which is detected once the form is
     * read.
     */
    private static final long FORM_BYTES = 10_000;

    /** Uploads of a member that are kept, most of them for a week after their end. */
    private static final int MOST_KEPT = 20_000;

    private static final Duration WAIT = Duration.ofMinutes(10);

    private final UploadConfig config;
    private final EntityManager database;
    private final MemberStorage stored;
    private final FreeSpace space;

    UploadLimits(UploadConfig config, EntityManager database, MemberStorage stored, FreeSpace space) {
        this.config = config;
        this.database = database;
        this.stored = stored;
        this.space = space;
    }

    /** @throws ProblemException if one of the adapters is too large */
    public void checkSizes(List<FolderEntry> folders) {
        folders.forEach(this::checkSize);
    }

    /** Checks the total size of a zip's contents. */
    public void checkUnpacked(long bytes) {
        long most = config.zipContents().asLongValue();
        if (bytes > most) throw tooLarge("The unpacked content", bytes, most);
    }

    public void checkCount(int files) {
        if (files > MAX_FILES) {
            throw ProblemException.tooLarge(
                    "These are %,d files, and at most %,d can be sent at once: leave out what an adapter does not need."
                            .formatted(files, MAX_FILES));
        }
    }

    private void checkSize(FolderEntry folder) {
        for (FileEntry file : folder.files()) {
            if (file.size() < 0) {
                throw ProblemException.invalid(
                        "files",
                        "The size of %s is %d; give its size in bytes."
                                .formatted(file.name().name(), file.size()));
            }
            long most = largest(file.name());
            if (file.name().kind() != FileKind.IGNORED && file.size() > most) {
                throw tooLarge(file.name().name(), file.size(), most);
            }
        }
        if (folder.size() > config.adapterSize().asLongValue()) {
            throw tooLarge(
                    "All of the adapter", folder.size(), config.adapterSize().asLongValue());
        }
    }

    private long largest(FilePath name) {
        return name.isWeights() || name.kind() == FileKind.ARCHIVE
                ? config.fileSize().asLongValue()
                : TEXT_BYTES;
    }

    private static ProblemException tooLarge(String what, long size, long most) {
        return ProblemException.tooLarge("%s has %,d bytes; the limit is %,d.".formatted(what, size, most));
    }

    /**
     * Call this in the transaction that stores the uploads. It locks the member until the transaction ends, so
     * concurrent uploads are all counted.
     */
    public void checkRoom(Person person, int uploads, long bytes) {
        checkOpen(person, uploads); // members far above the limit do not wait for a lock
        lock(person);
        checkOpen(person, uploads);
        checkDay(person, bytes);
    }

    /** Locks the member until the transaction ends. */
    public void lock(Person person) {
        Person.findById(person.id, LockModeType.PESSIMISTIC_WRITE);
    }

    private void checkOpen(Person person, int uploads) {
        long open = Upload.count(
                "person = ?1 and baseModel is null and state not in (?2, ?3)",
                person,
                UploadState.PUBLISHED,
                UploadState.CANCELLED);
        if (Upload.count("person", person) > MOST_KEPT) {
            throw ProblemException.tooMany(
                    "You have begun more than %,d uploads in the last days. Continue tomorrow.".formatted(MOST_KEPT),
                    WAIT);
        }
        if (open + uploads > config.openPerMember()) {
            throw ProblemException.tooMany(
                    "You have %d unfinished uploads; the limit is %d. Publish or cancel some first."
                            .formatted(open, config.openPerMember()),
                    WAIT);
        }
    }

    /**
     * Checks whether this many bytes can be sent in addition to those already announced. Call this in the transaction
     * that announces them; other requests of the same member wait until it ends.
     */
    void checkDay(Person person, long bytes) {
        lock(person);
        long expected = UploadFile.bytesToCome(person);
        checkDay(person, expected, bytes);
        checkStored(person, expected, bytes);
    }

    /** Checks the limits for a single file with this many bytes left to send. */
    public void checkDayFor(Person person, long bytes) {
        checkDay(person, 0, bytes);
        checkStored(person, 0, bytes);
    }

    /** Checks whether there is room for a file that has been counted for the day. */
    public void checkStoredFor(Person person, long bytes) {
        checkStored(person, 0, bytes);
    }

    /** Checks that the store has room for so many bytes of a base model, which don't count as its administrator's. */
    public void checkStore(long bytes) {
        if (space.isStoreShort(bytes)) throw ProblemException.insufficientStorage(FreeSpace.REFUSAL);
    }

    /**
     * Checks a form with files before it is read. The files are counted exactly once they are known, as is the form's
     * overhead.
     *
     * @param others bytes of the same person's forms being received at this moment
     */
    public void checkForm(Person person, long others, long length) {
        long files = Math.max(0, others + length - FORM_BYTES);
        checkDay(person, others, Math.max(0, length - FORM_BYTES));
        checkStored(person, 0, files);
    }

    /** The storage that a member uses, and the limit. */
    Quota quota(Person person) {
        return stored.quota(person);
    }

    private void checkStored(Person person, long expected, long bytes) {
        if (space.isShort(expected + bytes)) throw ProblemException.insufficientStorage(FreeSpace.REFUSAL);
        Quota quota = stored.quota(person);
        if (quota.used() + expected + bytes > quota.most()) {
            throw quota.exceeded(", and these would add " + Format.bytes(expected + bytes));
        }
    }

    private void checkDay(Person person, long expected, long bytes) {
        long sent = sentToday(person);
        long most = config.perDay().asLongValue();
        if (sent + expected + bytes > most) {
            throw ProblemException.tooMany(
                    "You have sent %,d bytes today and announced %,d more. These %,d would exceed the daily limit of %,d. Continue tomorrow."
                            .formatted(sent, expected, bytes, most),
                    WAIT);
        }
    }

    private long sentToday(Person person) {
        List<Long> bytes = database.createNativeQuery(
                        "select bytes from upload_day where person_id = :person and day = :day", Long.class)
                .setParameter("person", person.id)
                .setParameter("day", today())
                .getResultList();
        return bytes.isEmpty() ? 0 : bytes.get(0);
    }

    /** Adds to the day's count (UTC), in the caller's transaction. */
    public void addToDay(Person person, long bytes) {
        database.createNativeQuery("insert into upload_day (person_id, day, bytes) values (:person, :day, :bytes)"
                        + " on conflict (person_id, day) do update set bytes = upload_day.bytes + excluded.bytes")
                .setParameter("person", person.id)
                .setParameter("day", today())
                .setParameter("bytes", bytes)
                .executeUpdate();
    }

    private static LocalDate today() {
        return LocalDate.now(ZoneOffset.UTC);
    }
}
