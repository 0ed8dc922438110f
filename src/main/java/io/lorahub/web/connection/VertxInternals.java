package io.lorahub.web.connection;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelPromise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.buffer.impl.BufferImpl;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.net.impl.ConnectionBase;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.impl.RoutingContextInternal;
import java.util.Optional;

/** What we use of Vert.x beyond its API, beside {@link GuardedTransport}: another version may have it otherwise. */
public final class VertxInternals {

    private VertxInternals() {}

    /** Empty for a connection of another kind than those of Vert.x's server. */
    public static Optional<Channel> channel(HttpConnection connection) {
        return connection instanceof ConnectionBase base ? Optional.of(base.channel()) : Optional.empty();
    }

    /** @param message in the form in which it leaves the pipeline, such as a region of a file */
    public static void write(HttpConnection connection, Object message, ChannelPromise written) {
        ((ConnectionBase) connection).writeToChannel(message, written);
    }

    /** The bytes themselves, not a copy; who takes them releases them. */
    public static ByteBuf bytes(Buffer buffer) {
        return ((BufferImpl) buffer).byteBuf();
    }

    /** So that the framework does not read it again. */
    public static void setBody(RoutingContext context, Buffer body) {
        ((RoutingContextInternal) context).setBody(body);
    }
}
