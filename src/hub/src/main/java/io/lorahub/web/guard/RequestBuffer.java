package io.lorahub.web.guard;

import io.lorahub.web.BodyStream;
import io.lorahub.web.Format;
import io.lorahub.web.ProblemException;
import io.lorahub.web.WebConfig;
import io.lorahub.web.budget.RequestBudget;
import io.lorahub.web.budget.RequestBudgets;
import io.lorahub.web.connection.BodyArrival;
import io.lorahub.web.connection.VertxInternals;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.quarkus.logging.Log;
import io.quarkus.vertx.http.runtime.VertxHttpRecorder;
import io.quarkus.vertx.http.runtime.filters.Filters;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.Duration;

/**
 * Collects a form or a JSON object before a thread is assigned to it, so that slow senders occupy only the memory for
 * the bytes they have sent. Files bypass it, see {@link BodyStream}; they require a signed-in caller.
 */
@ApplicationScoped
class RequestBuffer {

    /** After {@link BodyLimit}, which determines the limit of the path. */
    private static final int PRIORITY = 0;

    /** A path with a higher limit receives files. */
    private static final long LARGEST = 8L << 20;

    private final WebConfig config;
    private final RequestBudgets budgets;
    private final Vertx vertx;

    RequestBuffer(WebConfig config, RequestBudgets budgets, Vertx vertx) {
        this.config = config;
        this.budgets = budgets;
        this.vertx = vertx;
    }

    void register(@Observes Filters filters) {
        filters.register(this::collect, PRIORITY);
    }

    private void collect(RoutingContext context) {
        long limit = context.get(VertxHttpRecorder.MAX_REQUEST_SIZE_KEY);
        if (limit <= LARGEST && hasBody(context.request())) new Collecting(context, limit).begin();
        else context.next();
    }

    /** RFC 9112, section 6.3: a request with neither header has no body. */
    private static boolean hasBody(HttpServerRequest request) {
        return !request.isEnded()
                && (request.headers().contains(HttpHeaders.TRANSFER_ENCODING)
                        || request.headers().contains(HttpHeaders.CONTENT_LENGTH));
    }

    /** Collects one body. Runs entirely on the event loop of its connection. */
    private final class Collecting {

        private final RoutingContext context;
        private final HttpServerRequest request;
        private final RequestBudget budget;
        private final long limit;
        private final Buffer body = Buffer.buffer();
        private long timer;

        Collecting(RoutingContext context, long limit) {
            this.context = context;
            this.limit = limit;
            request = context.request();
            budget = budgets.of(context);
        }

        void begin() {
            context.addEndHandler(end -> {
                vertx.cancelTimer(timer);
                // It may still be waiting for a thread.
                VertxInternals.setBody(context, Buffer.buffer());
            });
            Duration deadline = deadline();
            timer = vertx.setTimer(deadline.toMillis(), id -> late(deadline));
            request.pause(); // otherwise setting one handler would start the request before the others are set
            request.exceptionHandler(lost -> vertx.cancelTimer(timer));
            request.handler(this::add);
            request.endHandler(end -> end());
            if (request.headers().contains(HttpHeaders.EXPECT, HttpHeaderValues.CONTINUE, true)) {
                context.response().writeContinue();
            }
            request.resume();
        }

        /** The pace alone would let a large body trickle for half an hour. */
        private Duration deadline() {
            String length = request.getHeader(HttpHeaders.CONTENT_LENGTH);
            long bytes = length == null ? limit : Long.parseLong(length.strip());
            return config.bodyPace().plusSeconds(bytes / WebConfig.PACE_BYTES);
        }

        private void late(Duration deadline) {
            boolean ours = BodyArrival.of(request.connection())
                    .filter(BodyArrival::isComplete)
                    .isPresent();
            if (!ours && !isOver()) SlowRequestGuard.refuse(context, deadline);
        }

        private void add(Buffer piece) {
            if (isOver()) return; // the rest is dropped
            if (body.length() + piece.length() > limit) {
                refuse(ProblemException.tooLarge("The limit is %s.".formatted(Format.bytes(limit))));
                return;
            }
            try {
                budget.hold(piece.length());
                body.appendBuffer(piece);
            } catch (ProblemException full) {
                refuse(full);
            }
        }

        private void refuse(ProblemException problem) {
            Log.infof(
                    "%s %s had ended before its body was complete: %s",
                    request.method(), request.path(), problem.getMessage());
            context.response().putHeader(HttpHeaders.CONNECTION, "close");
            context.fail(problem);
        }

        private void end() {
            vertx.cancelTimer(timer);
            if (isOver()) return;
            VertxInternals.setBody(context, body);
            context.next();
        }

        private boolean isOver() {
            return context.failed()
                    || context.response().ended()
                    || context.response().closed();
        }
    }
}
