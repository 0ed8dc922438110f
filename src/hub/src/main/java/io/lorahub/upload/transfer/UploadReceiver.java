package io.lorahub.upload.transfer;

import com.fasterxml.jackson.databind.JsonNode;
import io.lorahub.storage.Blobs;
import io.lorahub.storage.HeldBlobs;
import io.lorahub.storage.object.ObjectKey;
import io.lorahub.storage.object.ObjectStore;
import io.lorahub.storage.object.StagedFile;
import io.lorahub.storage.object.StorageException;
import io.lorahub.storage.object.TooLargeException;
import io.lorahub.storage.object.UnusableObjectException;
import io.lorahub.storage.object.VerifyingInputStream;
import io.lorahub.upload.FileKind;
import io.lorahub.upload.FileRelease;
import io.lorahub.upload.Upload;
import io.lorahub.upload.UploadConfig;
import io.lorahub.upload.UploadFile;
import io.lorahub.upload.check.UploadChecks;
import io.lorahub.upload.readme.Readmes;
import io.lorahub.web.ProblemException;
import io.quarkus.narayana.jta.QuarkusTransaction;
import jakarta.enterprise.context.ApplicationScoped;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Enumeration;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.apache.commons.io.input.ProxyInputStream;

/**
 * Receives files part by part, and joins the parts into one file when the last byte has arrived. No transaction is open
 * while a body arrives.
 *
 * <p>A body is recorded as a part every few MB, so that an outage of the database or the store, or the death of this
 * process, costs only the bytes since then. If the connection breaks, those are kept as well.
 */
@ApplicationScoped
public class UploadReceiver {

    /** Size in bytes of the smallest part that is recorded before a body ends. */
    private static final long PART_BYTES = 4 << 20;

    /** Files have at most so many parts of that kind; those of large files are larger. */
    private static final int PARTS = 400;

    /** A part takes at least this long to arrive, because each is a transaction. */
    private static final Duration PART_TIME = Duration.ofMillis(100);

    /**
     * In bytes a second. Joining the parts reads and writes a file once more, which would slow down a faster sender
     * noticeably; who sends the same again as fast.
     */
    private static final double FAST = 100e6;

    /** Like {@link #PART_TIME}, for a fast sender. */
    private static final Duration FAST_PART_TIME = Duration.ofSeconds(4);

    private final UploadLeases leases;
    private final ObjectStore store;
    private final Blobs blobs;
    private final ZipImport zips;
    private final Readmes readmes;
    private final FileRelease release;
    private final UploadChecks checks;
    private final UploadConfig config;

    UploadReceiver(
            UploadLeases leases,
            ObjectStore store,
            Blobs blobs,
            ZipImport zips,
            Readmes readmes,
            FileRelease release,
            UploadChecks checks,
            UploadConfig config) {
        this.leases = leases;
        this.store = store;
        this.blobs = blobs;
        this.zips = zips;
        this.readmes = readmes;
        this.release = release;
        this.checks = checks;
        this.config = config;
    }

    /**
     * How much of a file has been received.
     *
     * @param offset number of bytes received
     * @param size of the whole file, in bytes
     */
    public record Progress(long offset, long size) {

        public boolean isComplete() {
            return offset == size;
        }
    }

    /**
     * @param offset at which the body continues
     * @param announced content length announced by the request; 0 if unknown
     * @throws ProblemException if the body cannot be accepted
     */
    public Progress receive(UUID uploadId, String name, long offset, long announced, InputStream body) {
        Optional<UploadLease> begun = leases.begin(uploadId, name, offset, announced);
        if (begun.isEmpty()) return new Progress(offset, offset);
        UploadLease lease = begun.get();
        try {
            long end = lease.missing() == 0 ? offset : receive(lease, new LeasedInputStream(body, lease));
            if (end == lease.size()) complete(lease);
            return new Progress(end, lease.size());
        } finally {
            leases.end(lease);
        }
    }

    /**
     * A file whose content is in the store.
     *
     * @param card as in {@link UploadFile#card}
     */
    public record StoredFile(String sha256, JsonNode card) {}

    /**
     * Reads what {@link #take} stores of files; call this before its transaction.
     *
     * @param hashes SHA-256 by name; the caller holds the contents until they are taken
     */
    public Map<String, StoredFile> stored(Map<String, String> hashes) {
        Map<String, StoredFile> files = new HashMap<>();
        hashes.forEach((name, sha256) ->
                files.put(name, new StoredFile(sha256, readmes.read(name, ObjectKey.blob(sha256)))));
        return files;
    }

    /** Takes files that need not be sent, because the store has them, and queues the checks if no others are missing. */
    public void take(Upload upload, Map<String, StoredFile> stored) {
        for (UploadFile file : upload.files) {
            StoredFile here = stored.get(file.name);
            if (here == null || file.isWhole()) continue;
            file.sha256 = here.sha256();
            file.card = here.card();
        }
        checks.queueIfWhole(upload);
    }

    /** Returns the offset after the last byte received. */
    private long receive(UploadLease lease, InputStream body) {
        long end = lease.offset();
        boolean more = true;
        while (more) {
            PartInputStream part = new PartInputStream(body, lease.size(), lease.size() - end);
            StagedFile staged = stage(lease, part, lease.size() - end);
            if (staged.size() == 0) store.delete(staged.key());
            else record(lease, end, staged);
            end += staged.size();
            more = staged.complete() && !part.isAtEnd();
        }
        return end;
    }

    private void record(UploadLease lease, long start, StagedFile staged) {
        try {
            leases.record(lease, start, staged);
        } catch (ProblemException e) {
            store.delete(staged.key());
            throw e;
        }
        // after another failure the database may have the part nevertheless; the sweep removes it if not
    }

    /** @param most further bytes are too many */
    private StagedFile stage(UploadLease lease, InputStream part, long most) {
        try {
            return store.stage(part, most);
        } catch (TooLargeException e) {
            throw UploadLeases.tooLong(lease.fileName(), lease.size());
        }
    }

    /** Completes a file whose last byte has arrived. It can be called again after a failure. */
    private void complete(UploadLease lease) {
        List<StagedFile> parts = QuarkusTransaction.requiringNew()
                .call(() -> leases.held(lease).parts.stream()
                        .map(part -> new StagedFile(
                                part.objectKey, part.size, part.sha256, Optional.ofNullable(part.crc32), true))
                        .toList());
        boolean archive = lease.kind() == FileKind.ARCHIVE;
        try {
            StagedFile whole = join(parts, lease);
            boolean done = false;
            try {
                if (archive) zips.unpack(lease, whole);
                else publish(lease, whole);
                done = true;
            } finally {
                if (parts.size() != 1 && (!done || archive)) store.delete(whole.key());
            }
        } catch (UnusableObjectException e) {
            startAgain(lease);
        }
    }

    /** Copies the parts into one object and hashes it; a single part is already the file. */
    private StagedFile join(List<StagedFile> parts, UploadLease lease) {
        if (parts.size() == 1) return parts.get(0);
        try (InputStream all = new SequenceInputStream(opened(parts))) {
            StagedFile whole = store.stage(new LeasedInputStream(all, lease), lease.size());
            if (!whole.complete() || whole.size() != lease.size()) {
                store.delete(whole.key());
                throw new StorageException("The parts of %s could not be read.".formatted(lease.fileName()));
            }
            return whole;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Opens the parts one at a time, and verifies them: a machine that lost its power may have lost some of them. */
    private Enumeration<InputStream> opened(List<StagedFile> parts) {
        Iterator<StagedFile> left = parts.iterator();
        return new Enumeration<>() {
            @Override
            public boolean hasMoreElements() {
                return left.hasNext();
            }

            @Override
            public InputStream nextElement() {
                StagedFile part = left.next();
                return new VerifyingInputStream(store.open(part.key()), part.sha256(), part.size(), sound -> {});
            }
        };
    }

    /** Drops content that is not the announced one. */
    private void requireExpected(UploadLease lease, StagedFile whole) {
        String expected = QuarkusTransaction.requiringNew().call(() -> leases.held(lease).expectedSha256);
        if (expected == null || expected.equals(whole.sha256())) return;
        dropParts(lease);
        throw ProblemException.invalid(
                "files",
                "%s arrived with the SHA-256 %s, but %s was announced."
                        .formatted(lease.fileName(), whole.sha256(), expected));
    }

    private void publish(UploadLease lease, StagedFile whole) {
        requireExpected(lease, whole);
        JsonNode card = readmes.read(lease.fileName(), whole.key());
        try (HeldBlobs held = blobs.publish(List.of(whole))) {
            QuarkusTransaction.requiringNew().run(() -> {
                UploadFile file = leases.held(lease);
                release.afterCommit(List.of(file));
                file.sha256 = whole.sha256();
                file.card = card;
                file.parts.clear();
                checks.queueIfWhole(file.upload);
            });
        }
    }

    /**
     * Handles a missing or damaged part: a crash occurred after the file was published but before that was recorded, and a
     * sweep then removed the file; or the machine failed before the part was on its disk.
     */
    private void startAgain(UploadLease lease) {
        dropParts(lease);
        throw ProblemException.conflict(
                "The part of %s that had arrived was lost. Send it again from the start.".formatted(lease.fileName()),
                Duration.ofSeconds(1));
    }

    private void dropParts(UploadLease lease) {
        QuarkusTransaction.requiringNew().run(() -> {
            UploadFile file = leases.held(lease);
            release.afterCommit(List.of(file));
            file.parts.clear();
        });
    }

    /** As much of a body as becomes one part. */
    private static final class PartInputStream extends ProxyInputStream {

        private final long enough;
        private final long most;
        private final long started = System.nanoTime();
        private long count;
        private boolean atEnd;

        /**
         * @param size of the whole file, in bytes
         * @param most number of bytes that the file still lacks; the last part ends with the body, so that a longer body
         *     is noticed
         */
        PartInputStream(InputStream body, long size, long most) {
            super(body);
            this.enough = Math.max(PART_BYTES, size / PARTS);
            this.most = most;
        }

        /** Whether the body has ended, too. */
        boolean isAtEnd() {
            return atEnd;
        }

        private boolean isEnough() {
            if (count < enough || count >= most) return false;
            Duration taken = Duration.ofNanos(System.nanoTime() - started);
            boolean fast = count * 1e9 > FAST * taken.toNanos();
            return taken.compareTo(fast ? FAST_PART_TIME : PART_TIME) >= 0;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            if (isEnough()) return -1;
            int most = count < enough ? (int) Math.min(length, enough - count) : length;
            int read = super.read(target, offset, most);
            if (read < 0) atEnd = true;
            else count += read;
            return read;
        }
    }

    /** Fails if the upload is cancelled meanwhile, or if a single request takes too long. */
    private final class LeasedInputStream extends ProxyInputStream {

        private final UploadLease lease;
        private final long started = System.nanoTime();

        LeasedInputStream(InputStream body, UploadLease lease) {
            super(body);
            this.lease = lease;
        }

        @Override
        protected void beforeRead(int length) throws IOException {
            if (System.nanoTime() - started > config.longest().toNanos()) {
                throw new IOException("The body takes too long to arrive.");
            }
            if (!leases.isHeld(lease)) throw new IOException("The body is no longer needed.");
        }
    }
}
