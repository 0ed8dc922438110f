package io.lorahub.web.connection;

import io.netty.channel.ChannelHandler;
import io.quarkus.arc.Unremovable;
import jakarta.inject.Singleton;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

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
}
