package io.lorahub.imports.model;

import io.lorahub.imports.model.BaseModelImport.ModelFile;
import io.lorahub.imports.source.GitId;
import io.lorahub.imports.source.ImportConfig;
import io.lorahub.imports.source.RemoteHub;
import io.lorahub.imports.source.RemoteHubException;
import io.lorahub.imports.source.RemoteTransfer;
import jakarta.enterprise.context.ApplicationScoped;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import java.util.UUID;
import java.util.function.BooleanSupplier;
import java.util.function.LongConsumer;
import org.apache.commons.codec.digest.DigestUtils;
import org.apache.commons.io.FileUtils;

/** Fetches files of base models into folders on this machine, where an interrupted file is continued. */
@ApplicationScoped
class ModelFetch {

    private static final String PREFIX = "lorahub-import-";
    private static final int BUFFER = 1 << 20;

    private final RemoteHub remote;
    private final Path parent;

    ModelFetch(RemoteHub remote, ImportConfig config) {
        this.remote = remote;
        this.parent = Path.of(config.folder());
    }

    Path folder(UUID id) {
        return parent.resolve(PREFIX + id);
    }

    /** Creates the folder if it isn't there. @throws RemoteHubException if the disk has less space than is missing */
    Path prepare(UUID id, long missing) {
        Path folder = folder(id);
        try {
            Files.createDirectories(folder);
            long free = Files.getFileStore(folder).getUsableSpace();
            if (free < missing) {
                throw RemoteHubException.lasting(
                        "The model needs %,d bytes, but the disk of %s has %,d left. LORAHUB_IMPORTS_FOLDER can name another folder."
                                .formatted(missing, parent, free));
            }
            return folder;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Number of bytes of the file that are here. */
    static long here(Path folder, ModelFile file) {
        try {
            Path target = folder.resolve(file.name());
            return Files.exists(target) ? Math.min(Files.size(target), file.size()) : 0;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Fetches what is missing of the file, and compares all of it with what the other hub announced.
     *
     * @param moved called with the number of new bytes
     * @param needed asked about once a second; false breaks it off
     * @throws RemoteHubException if the file didn't arrive whole; a wrong one is deleted
     */
    void fetch(
            RemoteHub.Source source,
            String commit,
            ModelFile file,
            Path folder,
            LongConsumer moved,
            BooleanSupplier needed) {
        Path target = folder.resolve(file.name());
        try {
            long here = Files.exists(target) ? Files.size(target) : 0;
            if (here < file.size() || !Files.exists(target)) {
                receive(source, commit, file, target, here, moved, needed);
            }
            String fault = fault(file, target);
            if (fault == null) return;
            Files.delete(target);
            throw RemoteHubException.lasting(fault);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void receive(
            RemoteHub.Source source,
            String commit,
            ModelFile file,
            Path target,
            long here,
            LongConsumer moved,
            BooleanSupplier needed)
            throws IOException {
        try (OutputStream out = Files.newOutputStream(target, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
                RemoteTransfer in = remote.open(source, commit, file.name(), here, file.size(), needed)) {
            byte[] buffer = new byte[BUFFER];
            long left = file.size() - here;
            while (left > 0) {
                int read = read(in, buffer, (int) Math.min(buffer.length, left), source, file);
                out.write(buffer, 0, read);
                left -= read;
                moved.accept(read);
            }
        }
    }

    /** Faults of the connection can pass; those of the disk are thrown as they are. */
    private static int read(RemoteTransfer in, byte[] buffer, int most, RemoteHub.Source source, ModelFile file) {
        try {
            int read = in.read(buffer, 0, most);
            if (read > 0) return read;
        } catch (IOException e) {
            // reported below
        }
        throw in.ended().orElseGet(() -> RemoteHubException.cut(source, file.name()));
    }

    /** Why the content isn't what was announced; null if it is. */
    private static String fault(ModelFile file, Path target) throws IOException {
        if (Files.size(target) != file.size()) {
            return "%s arrived with %,d bytes in place of %,d.".formatted(file.name(), Files.size(target), file.size());
        }
        if (file.sha256() != null) {
            String sha256 = new DigestUtils(DigestUtils.getSha256Digest()).digestAsHex(target.toFile());
            return sha256.equals(file.sha256())
                    ? null
                    : "%s arrived with the SHA-256 %s in place of %s.".formatted(file.name(), sha256, file.sha256());
        }
        if (!GitId.isOne(file.etag())) return null;
        try (InputStream content = Files.newInputStream(target)) {
            return GitId.of(content, file.size()).equals(file.etag())
                    ? null
                    : "%s arrived with another content than was announced.".formatted(file.name());
        }
    }

    void drop(UUID id) {
        FileUtils.deleteQuietly(folder(id).toFile());
    }

    /** Deletes the folders of imports that have ended, or that another machine continued. */
    void dropOthers(Set<UUID> open) {
        if (!Files.isDirectory(parent)) return;
        try (DirectoryStream<Path> folders = Files.newDirectoryStream(parent, PREFIX + "*")) {
            for (Path folder : folders) {
                String id = folder.getFileName().toString().substring(PREFIX.length());
                if (open.stream().noneMatch(one -> one.toString().equals(id))) FileUtils.deleteQuietly(folder.toFile());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
