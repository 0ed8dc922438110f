package io.lorahub.storage.directory;

import io.lorahub.storage.object.HashingReader;
import io.lorahub.storage.object.NoSuchObjectException;
import io.lorahub.storage.object.ObjectKey;
import io.lorahub.storage.object.ObjectRange;
import io.lorahub.storage.object.ObjectStore;
import io.lorahub.storage.object.StagedFile;
import io.lorahub.storage.object.StorageException;
import io.lorahub.storage.object.StoreFullException;
import io.lorahub.storage.object.StoreInputStream;
import io.lorahub.storage.object.StoreUnavailableException;
import io.lorahub.storage.object.StoredObject;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.commons.io.input.BoundedInputStream;

/**
 * Keeps every object as a file named by its key in one folder, which several processes on the same machine can share.
 */
public final class DirectoryStore implements ObjectStore {

    private static final int CHUNK_BYTES = 1 << 18;

    private final Path root;
    private final DirectoryFailures failures;
    private final DurableFolders folders = new DurableFolders();

    /** Creates the folder if it is missing, and restricts access to its owner in either case. */
    public DirectoryStore(Path root) {
        this.root = root.toAbsolutePath().normalize();
        failures = new DirectoryFailures(this.root);
        try {
            boolean made = Files.notExists(this.root);
            folders.make(this.root.resolve(ObjectKey.STAGING));
            PrivateFolder.close(this.root, !made);
        } catch (IOException e) {
            throw failures.of("be made", this.root, e);
        }
    }

    @Override
    public StagedFile stage(InputStream in, long maxBytes) {
        String key = ObjectKey.newStaging();
        boolean kept = false;
        try {
            StagedFile staged = write(new HashingReader(in, maxBytes, CHUNK_BYTES), key);
            kept = true;
            return staged;
        } catch (IOException e) {
            throw failures.of("be written", path(key), e);
        } finally {
            if (!kept) delete(key);
        }
    }

    private StagedFile write(HashingReader intake, String key) throws IOException {
        try (FileOutput out = new FileOutput(path(key))) {
            for (ByteBuffer chunk = intake.next(); chunk.hasRemaining(); chunk = intake.next()) out.write(chunk);
            return intake.staged(key);
        }
    }

    @Override
    public boolean publish(StagedFile staged, String key) {
        staged.requireComplete();
        Path target = path(key);
        try {
            folders.make(target.getParent());
            folders.move(path(staged.key()), target);
            return true;
        } catch (NoSuchFileException e) {
            // another thread or process may have published the same staged file
            requireFolder();
            if (!Files.exists(target)) throw new NoSuchObjectException(staged.key());
            return false;
        } catch (IOException e) {
            throw failures.of("be written", target, e);
        }
    }

    @Override
    public InputStream open(String key, long offset, long length) {
        ObjectRange range = new ObjectRange(offset, length);
        Path file = localPath(key).orElseThrow(() -> new NoSuchObjectException(key));
        try {
            return new StoreInputStream(open(file, range), e -> failures.of("be read", file, e));
        } catch (NoSuchFileException e) {
            throw new NoSuchObjectException(key);
        } catch (IOException e) {
            throw failures.of("be read", file, e);
        }
    }

    private static InputStream open(Path file, ObjectRange range) throws IOException {
        FileChannel channel = FileChannel.open(file, StandardOpenOption.READ);
        try {
            channel.position(Math.min(range.offset(), channel.size()));
            return BoundedInputStream.builder()
                    .setInputStream(Channels.newInputStream(channel))
                    .setMaxCount(range.length())
                    .get();
        } catch (IOException e) {
            channel.close();
            throw e;
        }
    }

    @Override
    public Optional<StoredObject> stat(String key) {
        return localPath(key).flatMap(file -> stat(key, file));
    }

    private Optional<StoredObject> stat(String key, Path file) {
        try {
            BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
            return Optional.of(new StoredObject(
                    key, attributes.size(), attributes.lastModifiedTime().toInstant()));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IOException e) {
            throw failures.of("be read", file, e);
        }
    }

    @Override
    public Optional<Path> localPath(String key) {
        Path file = path(key);
        try {
            if (Files.readAttributes(file, BasicFileAttributes.class).isRegularFile()) return Optional.of(file);
        } catch (NoSuchFileException e) {
            requireFolder();
        } catch (IOException e) {
            if (!isBelowFile(file)) throw failures.of("be read", file, e);
        }
        return Optional.empty();
    }

    /** An unmounted disk says nothing about the objects on it. */
    private void requireFolder() {
        Path staging = root.resolve(ObjectKey.STAGING);
        if (!Files.isDirectory(staging)) throw failures.of("be read", staging, new NoSuchFileException("it is gone"));
    }

    /** Whether a parent of this path is a file, so that the path cannot exist. */
    private boolean isBelowFile(Path file) {
        return Files.isRegularFile(file.getParent());
    }

    @Override
    public void delete(String key) {
        Path file = path(key);
        if (!Files.isRegularFile(file)) return;
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            throw failures.of("be deleted", file, e);
        }
    }

    @Override
    public Stream<StoredObject> list(String prefix) {
        ObjectKey.requirePrefix(prefix);
        Path folder = root.resolve(prefix.substring(0, prefix.lastIndexOf('/') + 1));
        return files(folder)
                .map(this::key)
                .filter(key -> key.startsWith(prefix) && ObjectKey.isKey(key))
                .flatMap(key -> stat(key).stream());
    }

    /** Lists files lazily, one folder at a time; files that disappear meanwhile are left out. */
    private Stream<Path> files(Path folder) {
        return children(folder).stream().flatMap(child -> Files.isDirectory(child) ? files(child) : Stream.of(child));
    }

    private List<Path> children(Path folder) {
        try (Stream<Path> children = Files.list(folder)) {
            return children.sorted().toList();
        } catch (NoSuchFileException | NotDirectoryException e) {
            return List.of();
        } catch (UncheckedIOException e) {
            throw failures.of("be listed", folder, e.getCause());
        } catch (IOException e) {
            throw failures.of("be listed", folder, e);
        }
    }

    private Path path(String key) {
        return root.resolve(ObjectKey.require(key));
    }

    private String key(Path file) {
        return root.relativize(file).toString().replace('\\', '/');
    }

    /** Describes failures of the storage folder in a sentence. */
    public static final class DirectoryFailures {

        /** The system's English messages for a full disk and an exhausted quota. */
        private static final Pattern FULL =
                Pattern.compile("No space left on device|Disk quota exceeded", Pattern.CASE_INSENSITIVE);

        /**
         * A disk with less free space than this, in bytes, counts as full, in case the system's message is in another
         * language.
         */
        private static final long SPACE = 1 << 16;

        private final Path root;

        public DirectoryFailures(Path root) {
            this.root = root;
        }

        public StorageException of(String what, Path path, IOException e) {
            String reason = reason(e);
            if (FULL.matcher(reason).find() || (!(e instanceof AccessDeniedException) && isFull())) {
                return new StoreFullException(
                        "%s cannot %s: there is no space left. The objects are kept in %s; make room there."
                                .formatted(path, what, root),
                        e);
            }
            return new StoreUnavailableException(
                    "%s cannot %s: %s. The objects are kept in %s; check that it is writable and has space."
                            .formatted(path, what, reason, root),
                    e);
        }

        private boolean isFull() {
            try {
                return Files.getFileStore(root).getUsableSpace() < SPACE;
            } catch (IOException e) {
                return false;
            }
        }

        private static String reason(IOException e) {
            if (e instanceof AccessDeniedException) return "the user of this process isn't allowed to do that";
            if (e instanceof FileSystemException f && f.getReason() != null) return f.getReason();
            return String.valueOf(e.getMessage());
        }
    }
}
