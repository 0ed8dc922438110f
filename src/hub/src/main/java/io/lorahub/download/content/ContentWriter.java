package io.lorahub.download.content;

import io.lorahub.adapter.OpenTransfers;
import io.lorahub.storage.Blobs;
import io.lorahub.web.connection.VertxInternals;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.MultivaluedMap;
import jakarta.ws.rs.ext.Provider;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.lang.annotation.Annotation;
import java.lang.reflect.Type;
import java.nio.file.Path;
import java.util.Optional;
import org.jboss.resteasy.reactive.server.core.ResteasyReactiveRequestContext;
import org.jboss.resteasy.reactive.server.spi.ResteasyReactiveResourceInfo;
import org.jboss.resteasy.reactive.server.spi.ServerMessageBodyWriter;
import org.jboss.resteasy.reactive.server.spi.ServerRequestContext;

/** Sends content. The operating system sends it directly if it is part of a single local file. */
@Provider
public class ContentWriter implements ServerMessageBodyWriter<Content> {

    private static final int CHUNK_BYTES = 1 << 16;

    private final Blobs blobs;
    private final OpenTransfers transfers;
    private final Vertx vertx;

    ContentWriter(Blobs blobs, OpenTransfers transfers, Vertx vertx) {
        this.blobs = blobs;
        this.transfers = transfers;
        this.vertx = vertx;
    }

    @Override
    public boolean isWriteable(Class<?> type, Type generic, ResteasyReactiveResourceInfo target, MediaType media) {
        return type == Content.class;
    }

    @Override
    public boolean isWriteable(Class<?> type, Type generic, Annotation[] annotations, MediaType media) {
        return type == Content.class;
    }

    @Override
    public void writeResponse(Content content, Type generic, ServerRequestContext request) {
        request.serverResponse().setResponseHeader(HttpHeaders.CONTENT_LENGTH, Long.toString(content.length()));
        HttpServerRequest http = ((ResteasyReactiveRequestContext) request).unwrap(HttpServerRequest.class);
        Context context = vertx.getOrCreateContext();
        regions(content, http).ifPresentOrElse(sender -> sender.start(begin(content, http, context)), () -> {
            ContentRegionStream pieces = new ContentRegionStream(blobs, content);
            new ContentSender(pieces, content.length(), http.response(), context).start(begin(content, http, context));
        });
    }

    /** @return to be run when it has ended */
    private Runnable begin(Content content, HttpServerRequest http, Context context) {
        return content.right()
                .map(right -> transfers.begin(right, () -> context.runOnContext(now -> breakOff(http))))
                .orElse(() -> {});
    }

    private static void breakOff(HttpServerRequest http) {
        if (http.version() == HttpVersion.HTTP_2) http.response().reset();
        else VertxInternals.abort(http.connection());
    }

    private Optional<RegionSender> regions(Content content, HttpServerRequest http) {
        Optional<Path> file = localFile(content);
        if (file.isEmpty()) return Optional.empty();
        ContentRegion.Stored part = (ContentRegion.Stored) content.pieces().get(0);
        try {
            return RegionSender.of(http, file.get(), part.offset(), part.length());
        } catch (IOException e) {
            throw new UncheckedIOException("%s cannot be read.".formatted(file.get()), e);
        }
    }

    /** Used if an interceptor has to process the bytes. */
    @Override
    public void writeTo(
            Content content,
            Class<?> type,
            Type generic,
            Annotation[] annotations,
            MediaType media,
            MultivaluedMap<String, Object> headers,
            OutputStream out)
            throws IOException {
        byte[] chunk = new byte[CHUNK_BYTES];
        try (ContentRegionStream pieces = new ContentRegionStream(blobs, content)) {
            for (int read; (read = pieces.read(chunk)) > 0; ) out.write(chunk, 0, read);
        }
    }

    /** The operating system sends the file unchecked, so only a file that this process has verified qualifies. */
    private Optional<Path> localFile(Content content) {
        return content.pieces().size() == 1 && content.pieces().get(0) instanceof ContentRegion.Stored stored
                ? blobs.verifiedPath(stored.sha256())
                : Optional.empty();
    }
}
