package io.lorahub.serve;

import io.lorahub.storage.Blobs;
import io.quarkus.runtime.StartupEvent;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.Dependent;
import jakarta.enterprise.event.Observes;
import jakarta.interceptor.Interceptor;
import jakarta.transaction.Transactional;

/** A worker that was given another store than the hub's would take runs and fail at each of them. */
@Dependent
class StoreOfWorker {

    private final ServeConfig config;
    private final Blobs blobs;

    StoreOfWorker(ServeConfig config, Blobs blobs) {
        this.config = config;
        this.blobs = blobs;
    }

    /** Before it takes anything: the process ends with the reason. */
    @Transactional
    void check(@Observes @Priority(Interceptor.Priority.PLATFORM_BEFORE) StartupEvent event) {
        if (!config.role().hasPages()) blobs.requireStoreOfDatabase();
    }
}
