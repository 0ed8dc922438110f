package io.lorahub.web.connection;

import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.ipfilter.IpFilterRuleType;
import io.netty.handler.ipfilter.IpSubnetFilterRule;
import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/**
 * The proxies in front of the hub. X-Forwarded headers that a client sends reach us as well, so only values appended by
 * a trusted proxy count: of the addresses, the last one that is not a trusted proxy's.
 */
final class TrustedProxies {

    private static final String FOR = "X-Forwarded-For";

    /** Headers whose last value is the nearest proxy's. */
    private static final List<String> OF_ONE = List.of("X-Forwarded-Proto", "X-Forwarded-Host", "X-Forwarded-Port");

    /** Headers that are never read, because a proxy can pass them on untouched from the client. */
    private static final List<String> UNUSED = List.of("Forwarded", "X-Forwarded-Ssl", "X-Forwarded-Prefix");

    /** Marks a request that an untrusted sender forwards for others. */
    private static final String BY_UNKNOWN = "X-Forwarded-By-Unknown";

    private final List<IpSubnetFilterRule> networks;

    /** @param networks addresses, or networks such as 10.0.0.0/8 */
    TrustedProxies(List<String> networks) {
        this.networks = networks.stream().map(TrustedProxies::network).toList();
    }

    private static IpSubnetFilterRule network(String text) {
        String[] parts = text.strip().split("/", 2);
        byte[] address = NetUtil.createByteArrayFromIpAddressString(parts[0]);
        if (address == null) {
            throw new IllegalArgumentException(
                    "lorahub.connections.trusted-proxies has \"%s\", which isn't an IP address or a network."
                            .formatted(text));
        }
        int bits = parts.length == 2 ? Integer.parseInt(parts[1]) : address.length * Byte.SIZE;
        return new IpSubnetFilterRule(parts[0], bits, IpFilterRuleType.ACCEPT);
    }

    boolean contains(InetAddress address) {
        InetSocketAddress socket = new InetSocketAddress(address, 0);
        return networks.stream().anyMatch(network -> network.matches(socket));
    }

    /** Leaves only headers that the rest of the server can trust: none, or one value of each. */
    void clean(HttpHeaders headers, InetAddress peer) {
        boolean trusted = contains(peer);
        headers.remove(BY_UNKNOWN);
        if (!trusted && isForwarded(headers)) headers.set(BY_UNKNOWN, "1");
        UNUSED.forEach(headers::remove);
        List<String> addresses = elements(headers, FOR);
        headers.remove(FOR);
        if (trusted) client(addresses).ifPresent(client -> headers.set(FOR, client));
        for (String name : OF_ONE) {
            List<String> values = elements(headers, name);
            headers.remove(name);
            if (trusted && !values.isEmpty()) headers.set(name, values.get(values.size() - 1));
        }
    }

    private static boolean isForwarded(HttpHeaders headers) {
        return headers.contains(FOR)
                || headers.contains("Forwarded")
                || OF_ONE.stream().anyMatch(headers::contains);
    }

    private Optional<String> client(List<String> addresses) {
        List<String> nearestFirst = new ArrayList<>(addresses);
        Collections.reverse(nearestFirst);
        String client = null;
        for (String text : nearestFirst) {
            Optional<InetAddress> address = address(text);
            if (address.isEmpty()) break; // no proxy writes such a value; anything before it is of unknown origin
            client = address.get().getHostAddress();
            if (!contains(address.get())) break;
        }
        return Optional.ofNullable(client);
    }

    /** Parses an address; some proxies append the port. */
    private static Optional<InetAddress> address(String text) {
        String bare = text.matches("[0-9.]+:\\d+") ? text.substring(0, text.indexOf(':')) : text;
        if (bare.startsWith("[")) bare = bare.substring(1, Math.max(1, bare.indexOf(']')));
        byte[] bytes = NetUtil.createByteArrayFromIpAddressString(bare);
        try {
            return bytes == null ? Optional.empty() : Optional.of(InetAddress.getByAddress(bytes));
        } catch (UnknownHostException e) {
            return Optional.empty();
        }
    }

    private static List<String> elements(HttpHeaders headers, String name) {
        return headers.getAll(name).stream()
                .flatMap(value -> List.of(value.split(",")).stream())
                .map(String::strip)
                .filter(value -> !value.isEmpty())
                .toList();
    }
}
