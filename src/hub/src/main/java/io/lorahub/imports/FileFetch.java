package io.lorahub.imports;

import io.lorahub.imports.AdapterImport.FetchedFile;
import io.lorahub.imports.source.GitId;
import io.lorahub.imports.source.RemoteHub;
import io.lorahub.imports.source.RemoteHubException;
import io.lorahub.upload.transfer.UploadReceiver;
import jakarta.enterprise.context.ApplicationScoped;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.UUID;
import java.util.function.BooleanSupplier;
import org.apache.commons.io.input.ProxyInputStream;

/** Fetches one file of another hub into an upload. */
@ApplicationScoped
class FileFetch {

    /** Files whose SHA-256 the other hub doesn't say are compared with their Git id, in memory. */
    private static final int LARGEST_IN_MEMORY = 16 << 20;

    private static final Duration CHECK = Duration.ofSeconds(1);

    private final RemoteHub remote;
    private final UploadReceiver receiver;

    FileFetch(RemoteHub remote, UploadReceiver receiver) {
        this.remote = remote;
        this.receiver = receiver;
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
        if (file.sha256() == null && file.size() <= LARGEST_IN_MEMORY) {
            byte[] content = whole(source, commit, file, wanted);
            receiver.receive(
                    upload,
                    file.name(),
                    offset,
                    file.size() - offset,
                    new ByteArrayInputStream(content, (int) offset, content.length - (int) offset));
            return;
        }
        try (InputStream body = new WantedInputStream(
                offset == file.size()
                        ? InputStream.nullInputStream()
                        : remote.open(source, commit, file.path(), offset, file.size()),
                wanted)) {
            long end = receiver.receive(upload, file.name(), offset, file.size() - offset, body)
                    .offset();
            if (end < file.size()) throw RemoteHubException.cut(source, file.path());
        } catch (IOException e) {
            throw RemoteHubException.cut(source, file.path());
        }
    }

    private byte[] whole(RemoteHub.Source source, String commit, FetchedFile file, BooleanSupplier wanted) {
        byte[] content;
        try (InputStream body =
                new WantedInputStream(remote.open(source, commit, file.path(), 0, file.size()), wanted)) {
            content = body.readNBytes((int) file.size() + 1);
        } catch (IOException e) {
            throw RemoteHubException.cut(source, file.path());
        }
        if (content.length < file.size()) throw RemoteHubException.cut(source, file.path());
        boolean known = file.etag().matches("[0-9a-f]{40}");
        if (content.length > file.size() || known && !file.etag().equals(GitId.of(content))) {
            throw RemoteHubException.lasting(
                    "%s arrived with another content than was announced.".formatted(file.path()));
        }
        return content;
    }

    /** Ends when it is no longer wanted. */
    private static final class WantedInputStream extends ProxyInputStream {

        private final BooleanSupplier wanted;
        private long checked = System.nanoTime();

        WantedInputStream(InputStream body, BooleanSupplier wanted) {
            super(body);
            this.wanted = wanted;
        }

        @Override
        protected void beforeRead(int length) throws IOException {
            long now = System.nanoTime();
            if (now - checked < CHECK.toNanos()) return;
            checked = now;
            if (!wanted.getAsBoolean()) throw new IOException("The file is no longer wanted.");
        }
    }
}
