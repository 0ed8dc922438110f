package io.lorahub.serve;

import io.lorahub.storage.Scrub;
import io.quarkus.runtime.StartupEvent;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.Dependent;
import jakarta.enterprise.event.Observes;
import jakarta.interceptor.Interceptor;

/** A worker that was given another store than the hub's would take runs and fail at each of them. */
@Dependent
class StoreOfWorker {

    private final ServeConfig config;
    private final Scrub scrub;

    StoreOfWorker(ServeConfig config, Scrub scrub) {
        this.config = config;
        this.scrub = scrub;
    }

    /** Before it takes anything: the process ends with the reason. */
    void check(@Observes @Priority(Interceptor.Priority.PLATFORM_BEFORE) StartupEvent event) {
        if (!config.role().hasPages()) scrub.requireStoreOfDatabase();
    }
}
