package io.lorahub.web.connection;

import io.netty.channel.ChannelHandler;
import io.quarkus.arc.Unremovable;
import jakarta.inject.Singleton;
import java.net.InetAddress;
import java.util.List;

/** The limits of this process's connections. */
@Singleton
@Unremovable // the server's channel looks it up
class ConnectionGuard {

    private final ConnectionConfig config;
    private final TrustedProxies proxies;
    private final OpenConnections connections;

    ConnectionGuard(ConnectionConfig config) {
        this.config = config;
        proxies = new TrustedProxies(config.trustedProxies().orElse(List.of()));
        connections = new OpenConnections(config.max(), config.perAddress(), proxies);
    }

    OpenConnections connections() {
        return connections;
    }

    ChannelHandler watch(InetAddress client) {
        return new ConnectionWatch(config.headTimeout(), proxies, client);
    }
}
