package io.lorahub.web.connection;

import io.netty.channel.Channel;
import io.netty.util.AttributeKey;
import io.vertx.core.http.HttpConnection;
import java.util.Optional;

/**
 * How much of a request's body has come from its sender, whether or not anybody has read it yet: the request itself
 * counts what was read.
 */
public final class BodyArrival {

    private static final AttributeKey<BodyArrival> KEY = AttributeKey.valueOf(BodyArrival.class, "latest");

    private final Channel channel;
    private volatile long bytes;
    private volatile boolean complete;
    private volatile boolean held;

    private BodyArrival(Channel channel) {
        this.channel = channel;
    }

    static BodyArrival begin(Channel channel) {
        BodyArrival arrival = new BodyArrival(channel);
        channel.attr(KEY).set(arrival);
        return arrival;
    }

    /** Of the latest request of a connection; absent for a connection that did not come through our transport. */
    public static Optional<BodyArrival> of(HttpConnection connection) {
        return VertxInternals.channel(connection)
                .map(channel -> channel.attr(KEY).get());
    }

    void add(int more) {
        bytes += more; // one event loop writes
    }

    void end() {
        complete = true;
    }

    void noteWhetherHeld() {
        if (!channel.config().isAutoRead()) held = true;
    }

    public long bytes() {
        return bytes;
    }

    public boolean isComplete() {
        return complete;
    }

    /** Whether we ourselves stopped reading, now or at any time since this was asked last. */
    public boolean wasHeld() {
        boolean was = held || !channel.config().isAutoRead();
        held = false;
        return was;
    }
}
