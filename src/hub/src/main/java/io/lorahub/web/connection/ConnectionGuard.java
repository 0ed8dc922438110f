package io.lorahub.web.connection;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import io.quarkus.arc.Unremovable;
import jakarta.inject.Singleton;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Enforces this process's connection limits, in total and per client, and supplies the settings for watching
 * connections.
 */
@Singleton
@Unremovable // looked up by the server's channel
class ConnectionGuard {

    /** Bytes of an IPv6 address that identify a household; its devices choose the rest freely (RFC 6177). */
    private static final int IPV6_NETWORK = 8;

    private final ConnectionConfig config;
    private final TrustedProxies proxies;
    private final Map<ByteBuffer, Integer> open = new HashMap<>();
    private int all;

    ConnectionGuard(ConnectionConfig config) {
        this.config = config;
        proxies = new TrustedProxies(config.trustedProxies().orElse(List.of()));
    }

    ChannelHandler watch(InetAddress client) {
        return new ConnectionWatch(config.headTimeout(), proxies, client);
    }

    /** @return whether there is room for one more; if so, {@link #close} must follow */
    synchronized boolean open(InetAddress address) {
        if (all >= config.max()) return false;
        int ofClient = open.getOrDefault(client(address), 0);
        if (ofClient >= config.perAddress() && !proxies.contains(address)) return false;
        open.put(client(address), ofClient + 1);
        all++;
        return true;
    }

    synchronized void close(InetAddress address) {
        open.computeIfPresent(client(address), (client, count) -> count == 1 ? null : count - 1);
        all--;
    }

    private static ByteBuffer client(InetAddress address) {
        byte[] bytes = address.getAddress();
        return ByteBuffer.wrap(bytes.length > IPV6_NETWORK ? Arrays.copyOf(bytes, IPV6_NETWORK) : bytes);
    }

    /** Ends a connection whose next request head does not arrive in time, and counts the bytes of bodies. */
    private static final class ConnectionWatch extends ChannelInboundHandlerAdapter {

        /** Names that Vert.x gives its handlers. */
        private static final String DECODER = "httpDecoder";

        private static final String TLS = "ssl";

        private static final byte[] LATE =
                answer(408, "Request Timeout", "The headers of the request did not arrive in time.");

        private static final byte[] MALFORMED = answer(
                400, "Bad Request", "The request isn't valid HTTP; a header such as Content-Length can't be read.");

        private final Duration headTimeout;
        private final TrustedProxies proxies;
        private final InetAddress peer;
        private final Requests requests = new Requests();
        private boolean placed;
        private boolean first = true;
        private boolean awaitsHead = true;
        private Future<?> deadline;

        ConnectionWatch(Duration headTimeout, TrustedProxies proxies, InetAddress peer) {
            this.headTimeout = headTimeout;
            this.proxies = proxies;
            this.peer = peer;
        }

        /** Writes a raw answer, for use before there is a request that could be answered normally. */
        private static byte[] answer(int status, String title, String detail) {
            String body = "{\"status\":%d,\"title\":\"%s\",\"detail\":\"%s\"}".formatted(status, title, detail);
            return ("HTTP/1.1 %d %s\r\nConnection: close\r\nContent-Type: application/problem+json\r\nContent-Length: %d\r\n\r\n%s"
                            .formatted(status, title, body.length(), body))
                    .getBytes(StandardCharsets.US_ASCII);
        }

        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            if (!placed && context.pipeline().get(DECODER) != null) {
                context.pipeline().addAfter(DECODER, null, requests);
                placed = true;
            }
            if (awaitsHead && deadline == null && message instanceof ByteBuf bytes && !isBlank(bytes)) {
                deadline = context.executor()
                        .schedule(() -> refuse(context), headTimeout.toMillis(), TimeUnit.MILLISECONDS);
            }
            context.fireChannelRead(message);
        }

        /** Some clients send an empty line after a body. */
        private static boolean isBlank(ByteBuf bytes) {
            return bytes.forEachByte(value -> value == '\r' || value == '\n') == -1;
        }

        /** Sends an explanation only if no answer to an earlier request can be in progress. */
        private void refuse(ChannelHandlerContext context) {
            if (!awaitsHead) return;
            end(context, LATE);
        }

        private void end(ChannelHandlerContext context, byte[] answer) {
            if (first && context.pipeline().get(TLS) == null) {
                context.writeAndFlush(Unpooled.wrappedBuffer(answer)).addListener(ChannelFutureListener.CLOSE);
            } else {
                context.close();
            }
        }

        /** Excludes a head that is too long, for which the server has its own answer. */
        private static boolean isMalformed(HttpRequest request) {
            Throwable cause = request.decoderResult().cause();
            return cause != null
                    && !(cause instanceof TooLongHttpLineException)
                    && !(cause instanceof TooLongHttpHeaderException);
        }

        @Override
        public void channelInactive(ChannelHandlerContext context) {
            headCame();
            context.fireChannelInactive();
        }

        private void headCame() {
            if (deadline != null) deadline.cancel(false);
            deadline = null;
            awaitsHead = false;
        }

        /** Sits behind the decoder, where bytes have become requests. */
        private final class Requests extends ChannelInboundHandlerAdapter {

            private BodyArrival body;

            @Override
            public void channelRead(ChannelHandlerContext context, Object message) {
                if (message instanceof HttpRequest request) {
                    headCame();
                    if (isMalformed(request)) {
                        ReferenceCountUtil.release(message);
                        end(context, MALFORMED);
                        return;
                    }
                    first = false;
                    proxies.clean(request.headers(), peer);
                    body = BodyArrival.begin(context.channel());
                }
                if (message instanceof HttpContent content && body != null) {
                    body.add(content.content().readableBytes());
                    if (message instanceof LastHttpContent) {
                        body.end();
                        awaitsHead = true;
                    }
                }
                context.fireChannelRead(message);
            }

            @Override
            public void channelReadComplete(ChannelHandlerContext context) {
                if (body != null) body.noteWhetherHeld();
                context.fireChannelReadComplete();
            }
        }
    }
}
