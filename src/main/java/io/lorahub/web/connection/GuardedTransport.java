package io.lorahub.web.connection;

import io.netty.channel.ChannelFactory;
import io.netty.channel.ServerChannel;
import io.quarkus.arc.Arc;
import io.quarkus.arc.ArcContainer;
import io.vertx.core.impl.VertxBuilder;
import io.vertx.core.impl.transports.JDKTransport;
import io.vertx.core.spi.VertxServiceProvider;

/**
 * Lets a connection be looked at from its first byte on: neither Quarkus nor Vert.x says anything of it before a whole
 * head has come. Vert.x finds it through META-INF/services.
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
