package io.lorahub.web.connection;

import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/** Counts open connections, in all and for each client. */
final class OpenConnections {

    /** Bytes of an IPv6 address that stand for a household; the rest its devices choose freely (RFC 6177). */
    private static final int IPV6_NETWORK = 8;

    private final int max;
    private final int perClient;
    private final TrustedProxies proxies;
    private final Map<ByteBuffer, Integer> open = new HashMap<>();
    private int all;

    OpenConnections(int max, int perClient, TrustedProxies proxies) {
        this.max = max;
        this.perClient = perClient;
        this.proxies = proxies;
    }

    /** @return whether there is room for one more; if so, {@link #close} has to follow */
    synchronized boolean open(InetAddress address) {
        if (all >= max) return false;
        int ofClient = open.getOrDefault(client(address), 0);
        if (ofClient >= perClient && !proxies.contains(address)) return false;
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
