package io.lorahub.serve;

import io.quarkus.vertx.http.runtime.filters.Filters;
import jakarta.enterprise.context.Dependent;
import jakarta.enterprise.event.Observes;

/** A worker answers at /q/ only (health, metrics): its pages would be without the settings of the web. */
@Dependent
class PagesOfWorker {

    private static final int FIRST = 10_000;
    private static final int NOT_FOUND = 404;

    private final ServeConfig config;

    PagesOfWorker(ServeConfig config) {
        this.config = config;
    }

    void close(@Observes Filters filters) {
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
