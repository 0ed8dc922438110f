package io.lorahub.serve;

import io.lorahub.storage.upkeep.Scrub;
import io.quarkus.runtime.StartupEvent;
import io.quarkus.vertx.http.runtime.filters.Filters;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.Dependent;
import jakarta.enterprise.event.Observes;
import jakarta.interceptor.Interceptor;

/** Differences of a worker, which is a server without pages. */
@Dependent
class WorkerGuard {

    private static final int FIRST = 10_000;
    private static final int NOT_FOUND = 404;

    private final ServeConfig config;
    private final Scrub scrub;

    WorkerGuard(ServeConfig config, Scrub scrub) {
        this.config = config;
        this.scrub = scrub;
    }

    /**
     * With a store other than the hub's, a worker would take runs and fail at each of them, so it ends and gives the
     * reason.
     */
    void checkStore(@Observes @Priority(Interceptor.Priority.PLATFORM_BEFORE) StartupEvent event) {
        if (!config.role().hasPages()) scrub.requireStoreOfDatabase();
    }

    /** A worker answers only at /q/ (health, metrics), because its pages would lack the settings of the web part. */
    void closePages(@Observes Filters filters) {
        if (config.role().hasPages()) return;
        filters.register(
                request -> {
                    if (request.normalizedPath().startsWith("/q/")) {
                        request.next();
                    } else {
                        request.response().setStatusCode(NOT_FOUND).end();
                    }
                },
                FIRST);
    }
}
