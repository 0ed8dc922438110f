package io.lorahub.web.connection;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.buffer.impl.BufferImpl;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.net.impl.ConnectionBase;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.impl.RoutingContextInternal;
import java.util.Optional;

/** Our uses of Vert.x beyond its API, besides {@link GuardedTransport}; they can break with another version. */
public final class VertxInternals {

    private VertxInternals() {}

    /** Empty for a connection that is not one of Vert.x's own server connections. */
    public static Optional<Channel> channel(HttpConnection connection) {
        return connection instanceof ConnectionBase base ? Optional.of(base.channel()) : Optional.empty();
    }

    /** Closes a connection at once. Others wait until the client has taken what is being written. */
    public static void abort(HttpConnection connection) {
        channel(connection)
                .map(channel -> channel.pipeline().firstContext())
                .ifPresentOrElse(ChannelHandlerContext::close, connection::close);
    }

    /** @param message in the form in which it leaves the pipeline, such as a file region */
    public static void write(HttpConnection connection, Object message, ChannelPromise written) {
        ((ConnectionBase) connection).writeToChannel(message, written);
    }

    /** The bytes themselves, not a copy; the caller must release them. */
    public static ByteBuf bytes(Buffer buffer) {
        return ((BufferImpl) buffer).byteBuf();
    }

    /** Sets the body, so that the framework does not read it again. */
    public static void setBody(RoutingContext context, Buffer body) {
        ((RoutingContextInternal) context).setBody(body);
    }
}
