package io.lorahub.remote;

import io.lorahub.engine.lora.FileHashes;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * Downloads files into a folder, which appears only when complete. An interrupted download stays beside it, under a
 * name that the next one knows.
 */
final class FolderDownload {

    private final HubClient hub;
    private final TransferProgress transfer;

    FolderDownload(HubClient hub, TransferProgress transfer) {
        this.hub = hub;
        this.transfer = transfer;
    }

    /**
     * @param key by which the next try finds a partial download
     * @param at  the path of a file on the hub
     * @return bytes downloaded now; 0 if everything was there
     */
    long into(Path target, String key, List<RemoteFile> files, Function<RemoteFile, String> at) throws IOException {
        if (isThere(target, files)) return 0;
        requireFree(target);
        Path part = target.resolveSibling(".%s.%s.part".formatted(target.getFileName(), key));
        Files.createDirectories(part);
        Path lock = part.resolveSibling(part.getFileName() + ".lock");
        try (FileChannel held = FileChannel.open(lock, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            if (!isLocked(held)) {
                throw new RemoteException("Another download into %s is under way.".formatted(target));
            }
            if (isThere(target, files)) return 0; // the other one has just ended
            Files.createDirectories(part);
            long fetched = 0;
            for (RemoteFile file : files) {
                fetched += new OneFile(hub, at.apply(file), file, part, transfer).fetch();
            }
            Files.deleteIfExists(target);
            Files.move(part, target, StandardCopyOption.ATOMIC_MOVE);
            Files.deleteIfExists(lock);
            return fetched;
        }
    }

    private static boolean isLocked(FileChannel file) throws IOException {
        try {
            return file.tryLock() != null;
        } catch (OverlappingFileLockException e) {
            return false; // by this process
        }
    }

    static boolean isThere(Path target, List<RemoteFile> files) throws IOException {
        for (RemoteFile file : files) {
            Path there = target.resolve(file.name());
            if (!Files.isRegularFile(there) || Files.size(there) != file.size()) return false;
        }
        return files.stream()
                .allMatch(file -> FileHashes.sha256(target.resolve(file.name())).equals(file.sha256()));
    }

    private static void requireFree(Path target) throws IOException {
        if (!Files.exists(target)) return;
        if (Files.isDirectory(target)) {
            try (Stream<Path> children = Files.list(target)) {
                if (children.findAny().isEmpty()) return;
            }
        }
        throw new RemoteException(
                "%s already exists and contains something else; choose another folder.".formatted(target));
    }

    /** Downloads one file, continuing with range requests, until it is complete and has its hash. */
    private static final class OneFile {

        private static final int CHUNK = 1 << 16;

        /** Time without a byte after which a connection counts as lost. */
        private static final Duration STALLED = Duration.ofMinutes(1);

        private final HubClient hub;
        private final String path;
        private final RemoteFile file;
        private final Path target;
        private final TransferProgress transfer;

        OneFile(HubClient hub, String path, RemoteFile file, Path folder, TransferProgress transfer) {
            this.hub = hub;
            this.path = path;
            this.file = file;
            this.target = folder.resolve(file.name());
            this.transfer = transfer;
        }

        /** @return bytes that came now */
        long fetch() throws IOException {
            RetryPolicy patience = new RetryPolicy();
            long start = here();
            if (start > file.size()) {
                Files.delete(target);
                start = 0;
            }
            transfer.begin(file.name(), file.size(), start);
            long fetched = 0;
            for (long before = start; before < file.size(); before = here()) {
                try {
                    request(before);
                } catch (ConnectionLost e) {
                    if (here() > before) patience.renew();
                    patience.wait(e);
                } finally {
                    fetched += Math.max(0, here() - before);
                }
            }
            if (file.size() == 0 && !Files.exists(target)) Files.createFile(target);
            transfer.end();
            verify();
            return fetched;
        }

        private void request(long from) throws IOException {
            HttpRequest.Builder request = hub.request(path).timeout(STALLED).GET();
            // The hash is the ETag: if the file has changed, all of it is sent.
            if (from > 0) request.header("Range", "bytes=" + from + "-").header("If-Range", '"' + file.sha256() + '"');
            HttpResponse<InputStream> answer = hub.send(request, BodyHandlers.ofInputStream());
            if (answer.statusCode() >= 400) throw hub.refusal(answer, path);
            boolean rest = answer.statusCode() == 206;
            if (!rest && from > 0) transfer.moved(-from);
            try (InputStream in = answer.body();
                    StallWatch watch = new StallWatch(in, STALLED);
                    OutputStream out = rest
                            ? Files.newOutputStream(target, StandardOpenOption.CREATE, StandardOpenOption.APPEND)
                            : Files.newOutputStream(target)) {
                copy(in, watch, out, file.size() - (rest ? from : 0));
            }
        }

        private void copy(InputStream in, StallWatch watch, OutputStream out, long length) throws IOException {
            byte[] chunk = new byte[CHUNK];
            long left = length;
            while (left > 0) {
                int read = read(in, chunk, (int) Math.min(chunk.length, left));
                if (read < 0)
                    throw new ConnectionLost("The hub stopped sending %s early.".formatted(file.name()), true, null);
                watch.moved();
                out.write(chunk, 0, read);
                transfer.moved(read);
                left -= read;
            }
        }

        /** Only network errors are retried. */
        private int read(InputStream in, byte[] chunk, int most) {
            try {
                return in.read(chunk, 0, most);
            } catch (IOException e) {
                throw new ConnectionLost("The connection to %s was lost.".formatted(hub.server()), true, e);
            }
        }

        private void verify() throws IOException {
            if (FileHashes.sha256(target).equals(file.sha256())) return;
            Files.delete(target);
            throw new RemoteException(
                    "%s didn't arrive with the SHA-256 that the hub states, so it was deleted. Try again, and tell the"
                                    .formatted(file.name())
                            + " hub's administrators if it happens again.");
        }

        private long here() throws IOException {
            return Files.exists(target) ? Files.size(target) : 0;
        }
    }
}
