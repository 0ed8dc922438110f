package io.lorahub.remote;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;

/** Sends one file to where the hub wants it; after a broken connection, what is missing only. */
final class FileUpload {

    private final HubClient hub;
    private final String path;
    private final Path file;
    private final long size;
    private final Transfer transfer;

    /** @param path which the hub gave for the file */
    FileUpload(HubClient hub, String path, Path file, long size, Transfer transfer) {
        this.hub = hub;
        this.path = path;
        this.file = file;
        this.size = size;
        this.transfer = transfer;
    }

    void send() {
        Patience patience = new Patience();
        long offset = offset();
        transfer.begin(file.getFileName().toString(), size, offset);
        while (offset < size) {
            long before = offset;
            Counted counted = new Counted(transfer);
            try {
                offset = append(before, counted);
            } catch (ConnectionLost e) {
                patience.wait(e);
                offset = offset();
                if (offset > before) patience.renew();
            }
            transfer.moved(offset - before - counted.bytes);
        }
        transfer.end();
    }

    private long offset() {
        HttpResponse<byte[]> answer =
                hub.send(hub.request(path).method("HEAD", BodyPublishers.noBody()), BodyHandlers.ofByteArray());
        if (answer.statusCode() >= 400) throw hub.refusal(answer.statusCode(), answer.body(), path);
        return offset(answer);
    }

    private long append(long from, Counted counted) {
        HttpResponse<byte[]> answer = hub.send(
                hub.request(path)
                        .header("Content-Type", "application/partial-upload")
                        .header("Upload-Offset", Long.toString(from))
                        .method("PATCH", body(from, counted)),
                BodyHandlers.ofByteArray());
        if (answer.statusCode() == 409
                && answer.headers().firstValue("Upload-Offset").isPresent()) {
            return offset(answer);
        }
        if (answer.statusCode() >= 400) throw hub.refusal(answer.statusCode(), answer.body(), path);
        return offset(answer);
    }

    private BodyPublisher body(long from, Counted counted) {
        return BodyPublishers.fromPublisher(
                BodyPublishers.ofInputStream(() -> {
                    try {
                        InputStream in = Files.newInputStream(file);
                        in.skipNBytes(from);
                        return counted.of(in);
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                }),
                size - from);
    }

    private static long offset(HttpResponse<?> answer) {
        return answer.headers()
                .firstValueAsLong("Upload-Offset")
                .orElseThrow(() -> new RemoteException("The hub does not say how much of the file has come."));
    }

    /** Counts what leaves the file, which is a little more than what has arrived. */
    private static final class Counted {

        private final Transfer transfer;
        private volatile long bytes;

        private Counted(Transfer transfer) {
            this.transfer = transfer;
        }

        private InputStream of(InputStream in) {
            return new FilterInputStream(in) {
                @Override
                public int read(byte[] target, int offset, int length) throws IOException {
                    int read = super.read(target, offset, length);
                    if (read > 0) {
                        bytes += read;
                        transfer.moved(read);
                    }
                    return read;
                }
            };
        }
    }
}
