package io.lorahub.admin;

import io.lorahub.storage.directory.FreeSpace;
import io.lorahub.storage.upkeep.StoreHealth;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Metrics;
import io.micrometer.core.instrument.binder.MeterBinder;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.function.Supplier;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;

/**
 * Metrics of the hub as a whole, which each of its processes reports as it sees them. What belongs to a feature is
 * measured there. Names and units are as in docs/monitoring.md.
 */
@ApplicationScoped
class HubMetrics implements MeterBinder {

    private final DatabaseHealth database;
    private final StoreHealth store;
    private final FreeSpace space;

    HubMetrics(DatabaseHealth database, StoreHealth store, FreeSpace space) {
        this.database = database;
        this.store = store;
        this.space = space;
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        gauge(registry, "lorahub.database.up", "Whether the database answers this process", () -> up(database));
        gauge(registry, "lorahub.store.up", "Whether this process can write to the object store", () -> up(store));
        gauge(
                registry,
                "lorahub.workers",
                "Workers whose heartbeats arrive",
                () -> database.workers().map(Long::doubleValue).orElse(Double.NaN));
        gauge(
                registry,
                "lorahub.store.damaged.files",
                "Stored files that are known to be missing or damaged",
                store::damaged);
        Gauge.builder("lorahub.disk.free", space::least)
                .description("Free space on the fullest disk that this process writes to")
                .baseUnit("bytes")
                .register(registry);
        Metrics.counter("lorahub.quota.refusals");
    }

    private static void gauge(MeterRegistry registry, String name, String description, Supplier<Number> value) {
        Gauge.builder(name, value).description(description).register(registry);
    }

    private static int up(HealthCheck check) {
        return check.call().getStatus() == HealthCheckResponse.Status.UP ? 1 : 0;
    }
}
