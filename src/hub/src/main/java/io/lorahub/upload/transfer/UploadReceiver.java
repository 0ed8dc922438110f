package io.lorahub.upload.transfer;

import com.fasterxml.jackson.databind.JsonNode;
import io.lorahub.storage.Blobs;
import io.lorahub.storage.HeldBlobs;
import io.lorahub.storage.object.NoSuchObjectException;
import io.lorahub.storage.object.ObjectStore;
import io.lorahub.storage.object.StagedFile;
import io.lorahub.storage.object.StorageException;
import io.lorahub.storage.object.TooLargeException;
import io.lorahub.upload.FileKind;
import io.lorahub.upload.FileRelease;
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
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.apache.commons.io.input.ProxyInputStream;

/**
 * Receives files part by part, and joins the parts into one file when the last byte has arrived. No transaction is open
 * while a body arrives. Bytes received before a connection broke are kept.
 */
@ApplicationScoped
public class UploadReceiver {

    private static final Duration LEASE_CHECK = Duration.ofSeconds(20);

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
            long end = lease.missing() == 0 ? offset : offset + receive(lease, body);
            if (end == lease.size()) {
                try (UploadLeases.Renewal renewal = leases.keep(lease)) {
                    complete(lease);
                }
            }
            return new Progress(end, lease.size());
        } finally {
            leases.end(lease);
        }
    }

    private long receive(UploadLease lease, InputStream body) {
        StagedFile staged = stage(lease, body);
        boolean recorded = false;
        try {
            if (staged.size() > 0) {
                leases.record(lease, staged);
                recorded = true;
            }
            return staged.size();
        } finally {
            if (!recorded) store.delete(staged.key());
        }
    }

    private StagedFile stage(UploadLease lease, InputStream body) {
        try {
            return store.stage(new LeasedInputStream(body, lease), lease.missing());
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
        } catch (NoSuchObjectException e) {
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

    /** Opens the parts one at a time. */
    private Enumeration<InputStream> opened(List<StagedFile> parts) {
        Iterator<StagedFile> left = parts.iterator();
        return new Enumeration<>() {
            @Override
            public boolean hasMoreElements() {
                return left.hasNext();
            }

            @Override
            public InputStream nextElement() {
                return store.open(left.next().key());
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
     * Handles a missing part: a crash occurred after the file was published but before that was recorded, and a sweep
     * then removed the file.
     */
    private void startAgain(UploadLease lease) {
        dropParts(lease);
        throw ProblemException.conflict(
                "The part of %s that had arrived was lost. Send it again from the start.".formatted(lease.fileName()));
    }

    private void dropParts(UploadLease lease) {
        QuarkusTransaction.requiringNew().run(() -> {
            UploadFile file = leases.held(lease);
            release.afterCommit(List.of(file));
            file.parts.clear();
        });
    }

    /** Fails if the upload is cancelled meanwhile, or if a single request takes too long. */
    private final class LeasedInputStream extends ProxyInputStream {

        private final UploadLease lease;
        private final long started = System.nanoTime();
        private long checked = started;

        LeasedInputStream(InputStream body, UploadLease lease) {
            super(body);
            this.lease = lease;
        }

        @Override
        protected void beforeRead(int length) throws IOException {
            long now = System.nanoTime();
            if (now - checked <= LEASE_CHECK.toNanos()) return;
            checked = now;
            if (now - started > config.longest().toNanos()) throw new IOException("The body takes too long to arrive.");
            if (!leases.renew(lease)) throw new IOException("The body is no longer needed.");
        }
    }
}
