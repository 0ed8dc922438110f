package io.lorahub.web.connection;

import io.netty.channel.Channel;
import io.netty.util.AttributeKey;
import io.vertx.core.http.HttpConnection;
import java.util.Optional;

/**
 * How much of a request's body has arrived, whether or not it has been read yet; the request itself counts only bytes
 * that were read.
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

    /** Arrival of the latest request on a connection; empty for a connection that was not accepted by our transport. */
    public static Optional<BodyArrival> of(HttpConnection connection) {
        return VertxInternals.channel(connection)
                .map(channel -> channel.attr(KEY).get());
    }

    void add(int more) {
        bytes += more; // written by a single event loop
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

    /** Whether we ourselves paused reading, now or at any time since the last call. */
    public boolean wasHeld() {
        boolean was = held || !channel.config().isAutoRead();
        held = false;
        return was;
    }
}
