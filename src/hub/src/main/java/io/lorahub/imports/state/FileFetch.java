package io.lorahub.imports.state;

import io.lorahub.imports.source.GitId;
import io.lorahub.imports.source.RemoteHub;
import io.lorahub.imports.source.RemoteHubException;
import io.lorahub.imports.source.RemoteTransfer;
import io.lorahub.storage.Blobs;
import io.lorahub.storage.object.UnusableObjectException;
import io.lorahub.upload.transfer.UploadReceiver;
import jakarta.enterprise.context.ApplicationScoped;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.UUID;
import java.util.function.BooleanSupplier;

/** Fetches one file of another hub into an upload. */
@ApplicationScoped
public class FileFetch {

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
     * @param needed asked about once a second; false breaks it off
     * @throws RemoteHubException if the file didn't arrive whole
     */
    void fetch(
            RemoteHub.Source source,
            String commit,
            FetchedFile file,
            UUID upload,
            long offset,
            BooleanSupplier needed) {
        if (offset == file.size()) {
            receiver.receive(upload, file.name(), offset, 0, InputStream.nullInputStream());
            return;
        }
        try (RemoteTransfer body = remote.open(source, commit, file.path(), offset, file.size(), needed)) {
            long end = receiver.receive(upload, file.name(), offset, file.size() - offset, body)
                    .offset();
            if (end < file.size()) throw body.ended().orElseGet(() -> RemoteHubException.cut(source, file.path()));
        } catch (IOException e) {
            throw RemoteHubException.cut(source, file.path());
        }
    }

    /** Whether the store still has a file that has arrived. */
    boolean isHere(String sha256, long size) {
        try {
            blobs.requireUsable(Map.of(sha256, size));
            return true;
        } catch (UnusableObjectException e) {
            return false;
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
