package io.lorahub.backup;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.lorahub.backup.BackupDescription.DumpFile;
import io.lorahub.storage.directory.DirectoryStore;
import io.lorahub.storage.object.NoSuchObjectException;
import io.lorahub.storage.object.ObjectKey;
import io.lorahub.storage.object.ObjectStore;
import io.lorahub.storage.object.StagedFile;
import io.lorahub.storage.object.StorageException;
import io.lorahub.storage.object.StoredObject;
import io.lorahub.storage.object.UnusableObjectException;
import io.lorahub.storage.object.VerifyingInputStream;
import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.DeflaterInputStream;
import java.util.zip.InflaterInputStream;
import org.apache.commons.io.file.PathUtils;

/**
 * The backups of one hub. The folder is an object store of its own, which keeps each object once for all backups:
 *
 * <pre>
 * blobs/…, staging/…              objects of the hub, under their own keys
 * backups/TIME/TABLE.copy         rows of a table, as PostgreSQL's COPY writes them, compressed (zlib)
 * backups/TIME/objects            the objects that this backup needs, compressed as well
 * backups/TIME/backup.json        the description, written last
 * </pre>
 */
public final class BackupFolder {

    private static final String BACKUPS = "backups/";
    private static final String DESCRIPTION = "/backup.json";
    private static final DateTimeFormatter NAME =
            DateTimeFormatter.ofPattern("yyyy-MM-dd-HHmmss-SSS").withZone(ZoneOffset.UTC);
    private static final Pattern IS_NAME = Pattern.compile("\\d{4}-\\d{2}-\\d{2}-\\d{6}-\\d{3}");
    private static final ObjectMapper JSON =
            new ObjectMapper().disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES);

    private final Path path;
    private final ObjectStore store;

    private BackupFolder(Path path) {
        this.path = path;
        store = new DirectoryStore(path);
    }

    /**
     * Creates the folder if it is missing.
     *
     * @throws StorageException if it holds anything but backups
     */
    public static BackupFolder forWriting(Path path) {
        try {
            if (!Files.isDirectory(path.resolve(BACKUPS))
                    && Files.isDirectory(path)
                    && !PathUtils.isEmptyDirectory(path)) {
                throw new StorageException(
                        "%s is neither empty nor a folder of backups; name another folder.".formatted(path));
            }
            if (!Files.isDirectory(path)) {
                Files.createDirectories(
                        path, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            }
            Files.createDirectories(path.resolve(BACKUPS));
            return new BackupFolder(path);
        } catch (IOException e) {
            throw new StorageException("%s cannot be written: %s.".formatted(path, e.getMessage()), e);
        }
    }

    /** @throws StorageException if it holds no backups */
    public static BackupFolder forReading(Path path) {
        if (!Files.isDirectory(path.resolve(BACKUPS))) {
            throw new StorageException("There are no backups in %s.".formatted(path));
        }
        return new BackupFolder(path);
    }

    ObjectStore objects() {
        return store;
    }

    /** Names of whole backups, the newest last. */
    public List<String> names() {
        try (Stream<StoredObject> files = store.list(BACKUPS)) {
            return files.map(StoredObject::key)
                    .filter(key -> key.endsWith(DESCRIPTION))
                    .map(key -> key.substring(BACKUPS.length(), key.length() - DESCRIPTION.length()))
                    .sorted()
                    .toList();
        }
    }

    /** @throws StorageException if there is none */
    public String newest() {
        List<String> names = names();
        if (names.isEmpty()) {
            throw new StorageException("%s has no whole backup; each that was begun was interrupted.".formatted(path));
        }
        return names.get(names.size() - 1);
    }

    /** The time; if the folder has a backup from a clock that was ahead, a later one than its name. */
    String newName() {
        Instant now = Instant.now();
        Instant next = names().stream()
                .filter(name -> IS_NAME.matcher(name).matches())
                .map(name -> NAME.parse(name, Instant::from).plusMillis(1))
                .max(Comparator.naturalOrder())
                .filter(now::isBefore)
                .orElse(now);
        return NAME.format(next);
    }

    /**
     * Writes a file of a backup.
     *
     * @param rows their number, known at the end
     */
    DumpFile write(String backup, String name, InputStream content, LongSupplier rows) {
        StagedFile staged = store.stage(new DeflaterInputStream(content), Long.MAX_VALUE);
        if (!staged.complete()) {
            store.delete(staged.key());
            throw new StorageException("The database stopped in the middle of %s.".formatted(name));
        }
        store.publish(staged, key(backup, name));
        return new DumpFile(name, rows.getAsLong(), staged.size(), staged.sha256());
    }

    InputStream open(String backup, DumpFile file) {
        return new InflaterInputStream(new VerifyingInputStream(
                store.open(key(backup, file.name())), file.sha256(), file.size(), sound -> {}));
    }

    /** Reads a file to its end. */
    void verify(String backup, DumpFile file) {
        try (InputStream in = open(backup, file)) {
            in.transferTo(OutputStream.nullOutputStream());
        } catch (UnusableObjectException | IOException e) {
            throw damaged(backup, "%s is missing or isn't what was written".formatted(file.name()));
        }
    }

    /** Completes a backup. */
    void write(String backup, BackupDescription description) {
        try {
            byte[] json = JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(description);
            store.publish(store.stage(new ByteArrayInputStream(json), json.length), BACKUPS + backup + DESCRIPTION);
        } catch (JacksonException e) {
            throw new IllegalStateException("A record can be written.", e);
        }
    }

    BackupDescription read(String backup) {
        try (InputStream in = store.open(BACKUPS + backup + DESCRIPTION)) {
            BackupDescription description = JSON.readValue(in, BackupDescription.class);
            if (description.format() == BackupDescription.FORMAT) return description;
            throw new StorageException("The backup %s was written by LoraHub %s, which this one cannot read."
                    .formatted(backup, description.lorahub()));
        } catch (NoSuchObjectException e) {
            throw new StorageException("%s has no whole backup %s; it has %s."
                    .formatted(path, backup, names().isEmpty() ? "none" : String.join(", ", names())));
        } catch (IOException e) {
            throw damaged(backup, "backup.json isn't what was written");
        }
    }

    StorageException damaged(String backup, String reason) {
        List<String> others =
                names().stream().filter(name -> !name.equals(backup)).toList();
        return new StorageException("The backup %s in %s is damaged: %s.%s"
                .formatted(
                        backup,
                        path,
                        reason,
                        others.isEmpty() ? "" : " Other backups there: " + String.join(", ", others) + "."));
    }

    /** Works on the objects of a backup, several at a time. */
    void forEachObject(String backup, DumpFile objects, Consumer<BackupObject> work) {
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(open(backup, objects), StandardCharsets.UTF_8))) {
            lines.lines().parallel().map(BackupObject::of).forEach(work);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Deletes all but the newest whole backups, and what only those and interrupted ones needed. */
    void prune(int keep) {
        List<String> names = names();
        List<String> kept = names.subList(Math.max(0, names.size() - keep), names.size());
        Set<String> needed = new HashSet<>();
        for (String backup : kept) {
            BackupDescription description = read(backup);
            verify(backup, description.objects());
            forEachObject(backup, description.objects(), object -> {
                synchronized (needed) {
                    needed.add(object.key());
                }
            });
        }
        // without its description, a backup is none
        names.stream()
                .filter(backup -> !kept.contains(backup))
                .forEach(backup -> store.delete(BACKUPS + backup + DESCRIPTION));
        deleteAll(BACKUPS, key -> !kept.contains(key.split("/")[1]));
        deleteAll(ObjectKey.BLOBS, key -> !needed.contains(key));
        deleteAll(ObjectKey.STAGING, key -> !needed.contains(key));
        try (Stream<Path> folders = Files.list(path.resolve(BACKUPS))) {
            for (Path emptied : folders.filter(
                            folder -> !kept.contains(folder.getFileName().toString()))
                    .toList()) {
                Files.delete(emptied);
            }
        } catch (IOException e) {
            throw new StorageException("%s cannot be written: %s.".formatted(path, e.getMessage()), e);
        }
    }

    private void deleteAll(String prefix, Predicate<String> which) {
        try (Stream<StoredObject> objects = store.list(prefix)) {
            objects.map(StoredObject::key).filter(which).forEach(store::delete);
        }
    }

    private static String key(String backup, String name) {
        return BACKUPS + backup + "/" + name;
    }
}
