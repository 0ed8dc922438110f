package io.lorahub.web.connection;

import io.netty.channel.ChannelFactory;
import io.netty.channel.ServerChannel;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.util.internal.SocketUtils;
import io.quarkus.arc.Arc;
import io.quarkus.arc.ArcContainer;
import io.vertx.core.impl.VertxBuilder;
import io.vertx.core.impl.transports.JDKTransport;
import io.vertx.core.spi.VertxServiceProvider;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Lets us watch a connection from its first byte: neither Quarkus nor Vert.x reports anything about it before a
 * complete head has arrived. Vert.x finds this class through META-INF/services.
 */
public final class GuardedTransport extends JDKTransport implements VertxServiceProvider {

    @Override
    public void init(VertxBuilder builder) {
        builder.findTransport(this);
    }

    @Override
    public ChannelFactory<? extends ServerChannel> serverChannelFactory(boolean domainSocket) {
        ArcContainer application = Arc.container();
        if (domainSocket || application == null) return super.serverChannelFactory(domainSocket);
        ConnectionGuard guard = application.instance(ConnectionGuard.class).get();
        return () -> new GuardedServerChannel(guard);
    }

    /** Accepts connections while there is room for them, and watches each one, see {@link ConnectionWatch}. */
    private static final class GuardedServerChannel extends NioServerSocketChannel {

        private static final byte[] FULL =
                ("HTTP/1.1 503 Service Unavailable\r\nRetry-After: 10\r\nConnection: close\r\nContent-Type: text/plain\r\n"
                                + "Content-Length: 44\r\n\r\nToo many connections. Try again in a moment.")
                        .getBytes(StandardCharsets.US_ASCII);

        private final ConnectionGuard guard;

        GuardedServerChannel(ConnectionGuard guard) {
            this.guard = guard;
        }

        @Override
        protected int doReadMessages(List<Object> accepted) throws Exception {
            java.nio.channels.SocketChannel socket = SocketUtils.accept(javaChannel());
            if (socket == null) return 0;
            InetAddress client = socket.socket().getInetAddress();
            if (client == null || !guard.open(client)) {
                refuse(socket);
                return 0;
            }
            try {
                SocketChannel channel = new NioSocketChannel(this, socket);
                channel.closeFuture().addListener(closed -> guard.close(client));
                channel.pipeline().addLast(guard.watch(client));
                accepted.add(channel);
                return 1;
            } catch (RuntimeException | Error e) {
                guard.close(client);
                socket.close();
                throw e;
            }
        }

        /** Writes as much as possible without blocking; the answer is short enough for the socket's buffer. */
        private static void refuse(java.nio.channels.SocketChannel socket) throws IOException {
            try (socket) {
                socket.configureBlocking(false);
                socket.write(ByteBuffer.wrap(FULL));
            }
        }
    }
}
