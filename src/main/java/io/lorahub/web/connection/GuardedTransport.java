package io.lorahub.web.connection;

import io.netty.channel.ChannelFactory;
import io.netty.channel.ServerChannel;
import io.quarkus.arc.Arc;
import io.quarkus.arc.ArcContainer;
import io.vertx.core.impl.VertxBuilder;
import io.vertx.core.impl.transports.JDKTransport;
import io.vertx.core.spi.VertxServiceProvider;

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
}
