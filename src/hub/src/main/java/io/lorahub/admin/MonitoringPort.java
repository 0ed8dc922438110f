package io.lorahub.admin;

import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.quarkus.vertx.http.runtime.VertxHttpRecorder;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.Router;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;

/** A port for the machine that monitors. It serves health and metrics, and no pages. */
@ApplicationScoped
class MonitoringPort {

    private static final Logger LOG = Logger.getLogger(MonitoringPort.class);
    private static final String PATHS = "/q/(health|metrics)(/.*)?";
    private static final long LONGEST = 10; // s

    private final Vertx vertx;
    private final AdminConfig config;
    private HttpServer server;

    MonitoringPort(Vertx vertx, AdminConfig config) {
        this.vertx = vertx;
        this.config = config;
    }

    void start(@Observes StartupEvent event) throws Exception {
        if (config.monitoringPort().isEmpty()) return;
        server = vertx.createHttpServer(new HttpServerOptions()
                        .setHost(config.monitoringHost())
                        .setPort(config.monitoringPort().get()))
                .requestHandler(routes())
                .listen()
                .toCompletionStage()
                .toCompletableFuture()
                .get(LONGEST, TimeUnit.SECONDS);
        LOG.infof("Health and metrics are served on port %d of %s.", server.actualPort(), config.monitoringHost());
    }

    void stop(@Observes ShutdownEvent event) {
        if (server != null) server.close();
    }

    /** Whether a request came by this port. */
    boolean isOf(HttpServerRequest request) {
        return server != null
                && request.localAddress() != null
                && request.localAddress().port() == server.actualPort();
    }

    private Router routes() {
        Router router = Router.router(vertx);
        router.routeWithRegex(PATHS)
                .handler(context -> VertxHttpRecorder.getRootHandler().handle(context.request()));
        return router;
    }
}
