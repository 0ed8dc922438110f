package io.lorahub.serve;

import io.lorahub.storage.Scrub;
import io.quarkus.runtime.StartupEvent;
import io.quarkus.vertx.http.runtime.filters.Filters;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.Dependent;
import jakarta.enterprise.event.Observes;
import jakarta.interceptor.Interceptor;

/** What a worker, which is a server without pages, does otherwise. */
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

    /** With another store than the hub's it would take runs and fail at each of them, so it ends with the reason. */
    void checkStore(@Observes @Priority(Interceptor.Priority.PLATFORM_BEFORE) StartupEvent event) {
        if (!config.role().hasPages()) scrub.requireStoreOfDatabase();
    }

    /** It answers at /q/ only (health, metrics): its pages would be without the settings of the web. */
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
