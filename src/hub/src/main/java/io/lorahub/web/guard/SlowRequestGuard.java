package io.lorahub.web.guard;

import io.lorahub.web.ProblemException;
import io.lorahub.web.ProblemType;
import io.lorahub.web.WebConfig;
import io.lorahub.web.connection.BodyArrival;
import io.quarkus.logging.Log;
import io.quarkus.vertx.http.runtime.filters.Filters;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpConnection;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.Duration;

/**
 * Answers a sender whose body arrives too slowly, and closes the connection. Only delays caused by the sender count,
 * not a body that has arrived but is unread, one that we have paused, or a slow answer.
 */
@ApplicationScoped
class SlowRequestGuard {

    private static final int PRIORITY = 800;

    private final WebConfig config;
    private final Vertx vertx;

    SlowRequestGuard(WebConfig config, Vertx vertx) {
        this.config = config;
        this.vertx = vertx;
    }

    void register(@Observes Filters filters) {
        filters.register(this::watch, PRIORITY);
    }

    private void watch(RoutingContext context) {
        BodyArrival.of(context.request().connection())
                .filter(body -> !body.isComplete())
                .ifPresent(body -> await(context, body, body.bytes() + WebConfig.PACE_BYTES));
        context.next();
    }

    private void await(RoutingContext context, BodyArrival body, long needed) {
        long timer = vertx.setTimer(config.bodyPace().toMillis(), id -> {
            if (body.isComplete() || context.response().ended()) return;
            if (!body.wasHeld() && body.bytes() < needed) refuse(context, config.bodyPace());
            else await(context, body, body.bytes() + WebConfig.PACE_BYTES);
        });
        context.addEndHandler(end -> vertx.cancelTimer(timer));
    }

    /** Cuts the answer off if it has already begun. */
    static void refuse(RoutingContext context, Duration waited) {
        HttpConnection connection = context.request().connection();
        Log.infof(
                "%s %s had ended before its body arrived.",
                context.request().method(), context.request().path());
        if (context.response().headWritten()) {
            connection.close();
            return;
        }
        context.addEndHandler(end -> connection.close());
        context.fail(
                ProblemType.TIMEOUT.status,
                ProblemException.timeout("Too little of the body arrived within %d seconds."
                        .formatted(Math.max(1, waited.toSeconds()))));
    }
}
