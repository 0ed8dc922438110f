package io.lorahub.download.content;

import io.lorahub.storage.StoreOutage;
import io.lorahub.storage.object.StorageException;
import io.lorahub.storage.object.StoreUnavailableException;
import io.lorahub.storage.object.UnusableObjectException;
import io.netty.buffer.Unpooled;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerResponse;
import java.io.IOException;
import java.util.List;
import org.jboss.logging.Logger;

/**
 * Sends pieces as fast as the client accepts them. A thread is used only while a chunk is read, so slow clients hold
 * none, however many there are. Of two buffers, one is filled while the other is sent.
 */
final class ContentSender {

    private static final Logger LOG = Logger.getLogger(ContentSender.class);

    private static final List<String> OF_CONTENT = List.of(
            "Accept-Ranges",
            "Cache-Control",
            "Content-Disposition",
            "Content-Range",
            "Content-Type",
            "ETag",
            "Last-Modified",
            "Repr-Digest");

    private static final int CHUNK_BYTES = 1 << 18;

    private final ContentRegionStream pieces;
    private final HttpServerResponse response;
    private final Context context;

    private Runnable ended;
    private byte[] filled;
    private byte[] sent;

    ContentSender(ContentRegionStream pieces, long length, HttpServerResponse response, Context context) {
        this.pieces = pieces;
        this.response = response;
        this.context = context;
        int size = (int) Math.min(CHUNK_BYTES, length);
        filled = new byte[size];
        sent = new byte[length > size ? size : 0];
    }

    /** @param ended run at the end, however it comes */
    void start(Runnable ended) {
        this.ended = ended;
        read().onSuccess(this::send).onFailure(this::breakOff);
    }

    private Future<Integer> read() {
        return context.executeBlocking(() -> pieces.read(filled), false);
    }

    /** @param length number of bytes in the filled buffer */
    private void send(int length) {
        if (length == 0) {
            response.end();
            close();
            return;
        }
        Future<Void> written = response.write(Buffer.buffer(Unpooled.wrappedBuffer(filled, 0, length)));
        byte[] free = sent;
        sent = filled;
        filled = free;
        Future<Integer> next = filled.length == 0 ? Future.succeededFuture(0) : read();
        written.compose(done -> next)
                .onSuccess(this::send)
                .onFailure(failure -> next.onComplete(any -> breakOff(failure)));
    }

    /** The client can tell from the length that bytes are missing, and can request the rest. */
    private void breakOff(Throwable failure) {
        // a missing or damaged object was logged when it was found
        if (StoreOutage.isCause(failure)) {
            LOG.warn("A download failed.", failure);
        } else if (failure instanceof StorageException && !(failure instanceof UnusableObjectException)) {
            LOG.warnf("A download failed: %s", failure.getMessage());
        } else {
            LOG.debugf(failure, "A download failed.");
        }
        if (response.headWritten()) response.reset();
        else refuse(failure instanceof StoreUnavailableException ? 503 : 500);
        close();
    }

    /** Sends an error status, which is possible because nothing has been sent yet. */
    private void refuse(int status) {
        OF_CONTENT.forEach(response.headers()::remove);
        if (status == 503) response.putHeader("Retry-After", "5");
        response.setStatusCode(status).putHeader("Content-Length", "0").end();
    }

    private void close() {
        ended.run();
        try {
            pieces.close();
        } catch (IOException e) {
            LOG.debugf(e, "A file could not be closed after its download.");
        }
    }
}
