package io.lorahub.admin;

import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.quarkus.runtime.configuration.ConfigurationException;
import io.quarkus.vertx.http.runtime.VertxHttpRecorder;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.Router;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
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

    void start(@Observes StartupEvent event) throws InterruptedException, TimeoutException {
        if (config.monitoringPort().isEmpty()) return;
        try {
            server = listening(config.monitoringHost(), config.monitoringPort().get());
        } catch (ExecutionException e) {
            throw new ConfigurationException(
                    "nothing can listen on %s:%d, which LORAHUB_ADMIN_MONITORING_HOST and _PORT give for health and metrics: %s."
                            .formatted(
                                    config.monitoringHost(),
                                    config.monitoringPort().get(),
                                    e.getCause().getMessage()),
                    e);
        }
        LOG.infof("Health and metrics are served on port %d of %s.", server.actualPort(), config.monitoringHost());
    }

    private HttpServer listening(String host, int port)
            throws InterruptedException, ExecutionException, TimeoutException {
        return vertx.createHttpServer(new HttpServerOptions().setHost(host).setPort(port))
                .requestHandler(routes())
                .listen()
                .toCompletionStage()
                .toCompletableFuture()
                .get(LONGEST, TimeUnit.SECONDS);
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
