package io.lorahub.web.connection;

import io.lorahub.settings.Accepts;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Limits on client connections, and which clients are proxies. */
@ConfigMapping(prefix = "lorahub.connections")
public interface ConnectionConfig {

    /** Maximum number of open connections; further ones are answered with 503. */
    @WithDefault("4096")
    int max();

    /**
     * Maximum number of open connections per address (per network for IPv6); further ones are answered with 503.
     * Trusted proxies are exempt.
     */
    @WithDefault("512")
    int perAddress();

    /** Time within which the request line and the headers must arrive. */
    @WithDefault("20s")
    Duration headTimeout();

    /** Addresses and networks of proxies whose X-Forwarded headers are trusted, such as 127.0.0.1 or 10.0.0.0/8. */
    @Accepts(
            pattern =
                    "(?:25[0-5]|2[0-4]\\d|1?\\d?\\d)(?:\\.(?:25[0-5]|2[0-4]\\d|1?\\d?\\d)){3}(?:/(?:[12]?\\d|3[0-2]))?"
                            + "|[0-9a-fA-F]*:[0-9a-fA-F:.]*(?:/(?:\\d?\\d|1[01]\\d|12[0-8]))?",
            words = "addresses or networks, separated by commas, such as 127.0.0.1,10.0.0.0/8")
    Optional<List<String>> trustedProxies();
}
