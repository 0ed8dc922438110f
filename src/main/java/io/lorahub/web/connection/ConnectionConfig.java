package io.lorahub.web.connection;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** How many connections clients can have, and which of them are proxies. */
@ConfigMapping(prefix = "lorahub.connections")
public interface ConnectionConfig {

    /** Open connections in all; more are answered 503. */
    @WithDefault("4096")
    int max();

    /** Open connections of one address (of IPv6, one network); more are answered 503. Trusted proxies have no such limit. */
    @WithDefault("512")
    int perAddress();

    /** The request line and the headers have to arrive within this time. */
    @WithDefault("20s")
    Duration headTimeout();

    /** Addresses and networks of proxies whose X-Forwarded headers are believed, such as 127.0.0.1 or 10.0.0.0/8. */
    Optional<List<String>> trustedProxies();
}
