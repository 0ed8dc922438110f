package io.lorahub.web.guard;

import io.lorahub.web.budget.RequestBudgets;
import io.lorahub.web.connection.VertxInternals;
import io.quarkus.logging.Log;
import io.quarkus.vertx.http.runtime.filters.Filters;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;

/**
 * Closes the connection of a client that doesn't read its answer in JSON. One larger than {@code
 * quarkus.rest.output-buffer-size} holds a thread until the rest fits into that. Files and streams of events hold none.
 */
@ApplicationScoped
class UnreadAnswerGuard {

    private static final int PRIORITY = 790;
    private static final Duration PACE = Duration.ofSeconds(1);
    private static final Duration LONGEST = Duration.ofSeconds(30);

    /** Unread answers of one client, of which each further one is soon given up. */
    private static final int MANY = 16;

    private static final Duration LONGEST_OF_MANY = Duration.ofSeconds(3);

    private final Vertx vertx;
    private final LongSupplier nanoTime;
    private final Set<Answer> open = ConcurrentHashMap.newKeySet();

    @Inject
    UnreadAnswerGuard(Vertx vertx) {
        this(vertx, System::nanoTime);
    }

    UnreadAnswerGuard(Vertx vertx, LongSupplier nanoTime) {
        this.vertx = vertx;
        this.nanoTime = nanoTime;
    }

    void register(@Observes Filters filters) {
        filters.register(this::watch, PRIORITY);
        vertx.setPeriodic(PACE.toMillis(), id -> closeUnread());
    }

    void watch(RoutingContext context) {
        Answer answer = new Answer(context, nanoTime.getAsLong());
        open.add(answer);
        context.addEndHandler(end -> open.remove(answer));
        context.next();
    }

    void closeUnread() {
        long now = nanoTime.getAsLong();
        List<Answer> unread = open.stream()
                .filter(answer -> answer.isUnread(now))
                .sorted(Comparator.comparingLong(answer -> answer.since))
                .toList();
        Map<String, Integer> ofClient = new HashMap<>();
        for (Answer answer : unread) {
            Duration longest = ofClient.merge(answer.client, 1, Integer::sum) > MANY ? LONGEST_OF_MANY : LONGEST;
            if (now - answer.since < longest.toNanos()) continue;
            Log.infof(
                    "%s %s was not read by its client.",
                    answer.context.request().method(), answer.context.request().path());
            VertxInternals.abort(answer.context.request().connection()); // close waits for what is unread
        }
    }

    private static final class Answer {

        private final RoutingContext context;
        private final String client;

        // of the periodic look alone
        private long since;
        private long written = -1;

        Answer(RoutingContext context, long now) {
            this.context = context;
            this.since = now;
            client = context.request().remoteAddress() == null
                    ? ""
                    : RequestBudgets.network(context.request().remoteAddress().hostAddress());
        }

        /** Whether it waits for its client; {@link #since} says since when. */
        boolean isUnread(long now) {
            HttpServerResponse response = context.response();
            boolean waits =
                    response.headWritten() && !response.ended() && response.writeQueueFull() && isJson(response);
            if (waits && response.bytesWritten() == written) return true;
            written = waits ? response.bytesWritten() : -1;
            since = now;
            return false;
        }

        private static boolean isJson(HttpServerResponse response) {
            String type = response.headers().get("Content-Type");
            return type != null && type.startsWith("application/json");
        }
    }
}
