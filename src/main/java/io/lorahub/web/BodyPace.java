package io.lorahub.web;

import io.quarkus.vertx.http.runtime.filters.Filters;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;

/**
 * Answers who sends a body a few bytes at a time, and closes the connection: each such request would hold a thread that
 * waits for the rest.
 */
@ApplicationScoped
class BodyPace {

    private static final int PRIORITY = 800;

    private final WebConfig config;
    private final Vertx vertx;

    BodyPace(WebConfig config, Vertx vertx) {
        this.config = config;
        this.vertx = vertx;
    }

    void register(@Observes Filters filters) {
        filters.register(this::watch, PRIORITY);
    }

    void watch(RoutingContext context) {
        if (!context.request().isEnded()) await(context, WebConfig.PACE_BYTES);
        context.next();
    }

    private void await(RoutingContext context, long bytes) {
        HttpServerRequest request = context.request();
        long timer = vertx.setTimer(config.bodyPace().toMillis(), id -> {
            if (request.isEnded() || context.response().ended()) return;
            if (request.bytesRead() < bytes) refuse(context);
            else await(context, request.bytesRead() + WebConfig.PACE_BYTES);
        });
        context.addEndHandler(end -> vertx.cancelTimer(timer));
    }

    private void refuse(RoutingContext context) {
        HttpConnection connection = context.request().connection();
        if (context.response().headWritten()) {
            connection.close();
            return;
        }
        context.addEndHandler(end -> connection.close());
        context.fail(
                Trouble.TIMEOUT.status,
                ProblemException.timeout("In %d seconds too little of the body came."
                        .formatted(Math.max(1, config.bodyPace().toSeconds()))));
    }
}
