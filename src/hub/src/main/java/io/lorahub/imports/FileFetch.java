package io.lorahub.imports;

import io.lorahub.imports.AdapterImport.FetchedFile;
import io.lorahub.imports.source.GitId;
import io.lorahub.imports.source.RemoteHub;
import io.lorahub.imports.source.RemoteHubException;
import io.lorahub.imports.source.Transfer;
import io.lorahub.storage.Blobs;
import io.lorahub.upload.transfer.UploadReceiver;
import jakarta.enterprise.context.ApplicationScoped;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.UUID;
import java.util.function.BooleanSupplier;
import org.apache.commons.io.input.BoundedInputStream;

/** Fetches one file of another hub into an upload. */
@ApplicationScoped
class FileFetch {

    /** What a killed process loses at most; small enough for a progress bar. */
    private static final long SMALLEST_PART = 8 << 20;

    private static final int MOST_PARTS = 200;

    private final RemoteHub remote;
    private final UploadReceiver receiver;
    private final Blobs blobs;

    FileFetch(RemoteHub remote, UploadReceiver receiver, Blobs blobs) {
        this.remote = remote;
        this.receiver = receiver;
        this.blobs = blobs;
    }

    /**
     * @param offset number of bytes that are here already
     * @param wanted asked about once a second; false breaks it off
     * @throws RemoteHubException if the file didn't arrive whole
     */
    void fetch(
            RemoteHub.Source source,
            String commit,
            FetchedFile file,
            UUID upload,
            long offset,
            BooleanSupplier wanted) {
        if (offset == file.size()) {
            receiver.receive(upload, file.name(), offset, 0, InputStream.nullInputStream());
            return;
        }
        long part = Math.max(SMALLEST_PART, file.size() / MOST_PARTS + 1);
        try (Transfer body = remote.open(source, commit, file.path(), offset, file.size(), wanted)) {
            long here = offset;
            while (here < file.size()) {
                long length = Math.min(part, file.size() - here);
                InputStream piece = BoundedInputStream.builder()
                        .setInputStream(body)
                        .setMaxCount(length)
                        .setPropagateClose(false)
                        .get();
                long end = receiver.receive(upload, file.name(), here, length, piece)
                        .offset();
                if (end < here + length) {
                    throw body.ended().orElseGet(() -> RemoteHubException.cut(source, file.path()));
                }
                here = end;
            }
        } catch (IOException e) {
            throw RemoteHubException.cut(source, file.path());
        }
    }

    /**
     * Compares a file whose SHA-256 the other hub doesn't say with its Git id.
     *
     * @param sha256 of what has arrived
     * @throws RemoteHubException if it is another content than was announced
     */
    void requireGitId(FetchedFile file, String sha256) {
        try (InputStream content = blobs.open(sha256, file.size())) {
            if (!GitId.of(content, file.size()).equals(file.etag())) {
                throw RemoteHubException.lasting(
                        "%s arrived with another content than was announced.".formatted(file.path()));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
