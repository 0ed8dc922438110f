package io.lorahub.download.content;

import io.lorahub.web.connection.VertxInternals;
import io.netty.channel.Channel;
import io.netty.channel.ChannelPromise;
import io.netty.channel.DefaultFileRegion;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import org.jboss.logging.Logger;

/**
 * Sends part of a file directly from the operating system to the connection. Vert.x does this itself, except in a
 * server that compresses some responses, where it reads every file in pieces of 8 kB. Content sent here is never
 * compressed.
 */
final class RegionSender {

    private static final Logger LOG = Logger.getLogger(RegionSender.class);

    /**
     * Limits the size of a write in bytes, so that even a slow client's connection shows progress from time to time.
     */
    private static final int REGION_BYTES = 1 << 20;

    private final HttpConnection connection;
    private final Channel channel;
    private final HttpServerResponse response;
    private final FileChannel file;

    private Runnable ended;
    private long offset;
    private long left;

    private RegionSender(Channel channel, HttpServerRequest request, FileChannel file, long offset, long length) {
        this.channel = channel;
        connection = request.connection();
        response = request.response();
        this.file = file;
        this.offset = offset;
        this.left = length;
    }

    /** Empty if the bytes have to be processed before they are sent, for encryption or for HTTP/2 frames. */
    static Optional<RegionSender> of(HttpServerRequest request, Path path, long offset, long length)
            throws IOException {
        boolean plain =
                request.version() != HttpVersion.HTTP_2 && !request.connection().isSsl();
        Optional<Channel> channel = VertxInternals.channel(request.connection());
        if (!plain || channel.isEmpty()) return Optional.empty();
        FileChannel file = FileChannel.open(path, StandardOpenOption.READ);
        return Optional.of(new RegionSender(channel.get(), request, file, offset, length));
    }

    /**
     * The response's headers already include the length.
     *
     * @param ended run at the end, however it comes
     */
    void start(Runnable ended) {
        this.ended = ended;
        response.write(Buffer.buffer()).onSuccess(head -> next()).onFailure(this::breakOff);
    }

    private void next() {
        if (left == 0) {
            response.end();
            close();
            return;
        }
        long length = Math.min(left, REGION_BYTES);
        DefaultFileRegion region = new DefaultFileRegion(file, offset, length);
        // before the write, which may complete at once
        offset += length;
        left -= length;
        ChannelPromise written = channel.newPromise();
        written.addListener(done -> {
            if (done.isSuccess()) next();
            else breakOff(done.cause());
        });
        // retained, because its release would close the file
        VertxInternals.write(connection, region.retain(), written);
    }

    /** The client can tell from the length that bytes are missing, and can request the rest. */
    private void breakOff(Throwable failure) {
        LOG.debugf(failure, "A download failed.");
        response.reset();
        close();
    }

    private void close() {
        ended.run();
        try {
            file.close();
        } catch (IOException e) {
            LOG.debugf(e, "A file could not be closed after its download.");
        }
    }
}
