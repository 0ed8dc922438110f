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
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/** Uploads one file; after a lost connection or an outage of the hub, only the missing part. */
final class FileUpload {

    /** Statuses of an outage, after which the hub or a proxy's other process continues. */
    private static final Set<Integer> OUTAGE = Set.of(502, 503, 504);

    /** Longer than a hub's lease for a lost request. */
    private static final Duration LONGEST_WAIT = Duration.ofMinutes(3);

    private Duration waited = Duration.ZERO;

    private final HubClient hub;
    private final String path;
    private final Path file;
    private final long size;
    private final TransferProgress transfer;

    /** @param path from the hub, for this file */
    FileUpload(HubClient hub, String path, Path file, long size, TransferProgress transfer) {
        this.hub = hub;
        this.path = path;
        this.file = file;
        this.size = size;
        this.transfer = transfer;
    }

    /**
     * The hub may have all bytes without having completed the file: if the response to the last bytes was lost, a
     * request without bytes completes it.
     */
    void send() {
        RetryPolicy patience = new RetryPolicy();
        Came came = patience.until(this::came);
        transfer.begin(file.getFileName().toString(), size, came.offset);
        while (!came.whole) {
            Came before = came;
            Counted counted = new Counted(transfer);
            try {
                came = append(before.offset, counted);
                patience.renew();
            } catch (ConnectionLost e) {
                patience.wait(e);
                came = patience.until(this::came);
                if (came.offset > before.offset) patience.renew();
            }
            transfer.moved(came.offset - before.offset - counted.bytes);
        }
        transfer.end();
    }

    private Came came() {
        HttpResponse<byte[]> answer = hub.send(
                hub.request(path).timeout(HubClient.ANSWER).method("HEAD", BodyPublishers.noBody()),
                BodyHandlers.ofByteArray());
        if (answer.statusCode() >= 400) throw refusal(answer);
        return came(answer);
    }

    private RemoteException refusal(HttpResponse<byte[]> answer) {
        RemoteException refusal = hub.refusal(answer.statusCode(), answer.body(), path);
        return OUTAGE.contains(answer.statusCode()) ? new ConnectionLost(refusal.getMessage(), true, refusal) : refusal;
    }

    private Came append(long from, Counted counted) {
        HttpResponse<byte[]> answer = hub.send(
                hub.request(path)
                        .header("Content-Type", "application/partial-upload")
                        .header("Upload-Offset", Long.toString(from))
                        .method("PATCH", body(from, counted)),
                BodyHandlers.ofByteArray());
        if (answer.statusCode() == 409) {
            if (answer.headers().firstValue("Upload-Offset").isPresent()) return came();
            OptionalLong seconds = answer.headers().firstValueAsLong("Retry-After");
            if (seconds.isPresent()) return afterOther(seconds.getAsLong(), answer);
        }
        if (answer.statusCode() >= 400) throw refusal(answer);
        return came(answer);
    }

    /** A lost request keeps its lease until the hub drops it. */
    private Came afterOther(long seconds, HttpResponse<byte[]> answer) {
        if (waited.plusSeconds(seconds).compareTo(LONGEST_WAIT) > 0) {
            throw new RemoteException("%s\nRun the same command again later; what was sent is kept."
                    .formatted(hub.refusal(answer.statusCode(), answer.body(), path)
                            .getMessage()));
        }
        waited = waited.plusSeconds(seconds);
        RetryPolicy.pause(Duration.ofSeconds(seconds));
        return came();
    }

    private BodyPublisher body(long from, Counted counted) {
        if (from == size) return BodyPublishers.noBody();
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

    private Came came(HttpResponse<?> answer) {
        long offset = answer.headers()
                .firstValueAsLong("Upload-Offset")
                .orElseThrow(() -> new RemoteException("The hub doesn't say how much of the file it has."));
        return new Came(offset, answer.headers().firstValue("Upload-Complete").equals(Optional.of("?1")));
    }

    /** @param whole whether the hub has completed the file, a little after the last byte */
    private record Came(long offset, boolean whole) {}

    /** Counts bytes read from the file, slightly more than have arrived. */
    private static final class Counted {

        private final TransferProgress transfer;
        private volatile long bytes;

        private Counted(TransferProgress transfer) {
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
