package io.lorahub.admin;

import io.lorahub.web.CachePolicy;
import io.lorahub.web.guard.HostCheck;
import io.quarkus.logging.Log;
import io.quarkus.vertx.http.runtime.filters.Filters;
import io.quarkus.vertx.http.runtime.security.QuarkusHttpUser;
import io.smallrye.health.SmallRyeHealth;
import io.smallrye.health.SmallRyeHealthReporter;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Endpoints for monitoring, /q/health and /q/metrics. Everyone can see whether the hub is up; the parts and the metrics
 * are for programs on this machine and for administrators, unless a setting opens them.
 *
 * <p>As Kubernetes means them, {@code live}, {@code started} and {@code ready} are about this process: it is ready if it
 * can serve pages, among them the one that says that the database is down. Whether the database and the store answer is
 * {@code well}, and {@code /q/health} is all of them.
 */
@ApplicationScoped
class OperatorEndpoints {

    /** After authentication. */
    private static final int PRIORITY = 150;

    private static final int OK = 200;
    private static final int NOT_FOUND = 404;
    private static final int UNAVAILABLE = 503;

    private final SmallRyeHealthReporter reporter;
    private final Vertx vertx;
    private final MonitoringPort port;
    private final boolean open;

    OperatorEndpoints(SmallRyeHealthReporter reporter, Vertx vertx, AdminConfig config, MonitoringPort port) {
        this.port = port;
        this.reporter = reporter;
        this.vertx = vertx;
        open = config.openMetrics();
    }

    void register(@Observes Filters filters) {
        filters.register(this::check, PRIORITY);
    }

    private void check(RoutingContext context) {
        String path = context.normalizedPath();
        boolean metrics = path.equals("/q/metrics") || path.startsWith("/q/metrics/");
        Optional<Supplier<SmallRyeHealth>> health = health(path);
        if (!metrics && health.isEmpty() || open || port.isOf(context.request()) || isOperator(context)) {
            context.next();
        } else if (metrics) {
            context.fail(NOT_FOUND);
        } else {
            answer(context, health.get());
        }
    }

    private void answer(RoutingContext context, Supplier<SmallRyeHealth> health) {
        vertx.executeBlocking(() -> health.get().isDown(), false).onComplete(down -> {
            if (down.failed()) Log.warn("The health checks failed.", down.cause());
            answer(context, down.failed() || down.result());
        });
    }

    private Optional<Supplier<SmallRyeHealth>> health(String path) {
        return switch (path) {
            case "/q/health" -> Optional.of(reporter::getHealth);
            case "/q/health/live" -> Optional.of(reporter::getLiveness);
            case "/q/health/ready" -> Optional.of(reporter::getReadiness);
            case "/q/health/started" -> Optional.of(reporter::getStartup);
            case "/q/health/well" -> Optional.of(reporter::getWellness);
            default -> path.startsWith("/q/health/") ? Optional.of(reporter::getHealth) : Optional.empty();
        };
    }

    private static void answer(RoutingContext context, boolean down) {
        context.response()
                .setStatusCode(down ? UNAVAILABLE : OK)
                .putHeader(HttpHeaders.CONTENT_TYPE, "application/json; charset=UTF-8")
                .putHeader(HttpHeaders.CACHE_CONTROL, CachePolicy.NO_STORE.value());
        String body = "{\"status\":\"%s\"}".formatted(down ? "DOWN" : "UP");
        if (context.request().method() == HttpMethod.HEAD) context.response().end();
        else context.response().end(body);
    }

    private static boolean isOperator(RoutingContext context) {
        if (isOnThisMachine(context.request())) return !HostCheck.isForeign(context);
        return context.user() instanceof QuarkusHttpUser user
                && user.getSecurityIdentity().hasRole("ADMIN");
    }

    /** An untrusted proxy on this machine forwards for others, whom we cannot distinguish from local programs. */
    private static boolean isOnThisMachine(HttpServerRequest request) {
        if (request.getHeader("X-Forwarded-By-Unknown") != null || request.remoteAddress() == null) return false;
        String address = request.remoteAddress().hostAddress();
        try {
            return address != null && InetAddress.getByName(address).isLoopbackAddress();
        } catch (UnknownHostException e) {
            return false;
        }
    }
}
