package io.lorahub.storage.upkeep;

import io.lorahub.storage.BlobCondition;
import io.lorahub.storage.object.ObjectStore;
import io.smallrye.health.api.Wellness;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Default;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.eclipse.microprofile.context.ManagedExecutor;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.HealthCheckResponseBuilder;
import org.jboss.logging.Logger;

/**
 * Reports whether files can be written now, and how many are known to be missing or damaged. Because the health check
 * is public, the store is queried at most once every few seconds; a store that does not respond within that time counts
 * as down. Damaged files do not make the hub unhealthy, because all others remain usable.
 */
@ApplicationScoped
@Wellness
@Default // also used by the metrics
public class StoreHealth implements HealthCheck {

    static final String NAME = "Object store";
    static final String DAMAGED = "damaged files";

    private static final Logger LOG = Logger.getLogger(StoreHealth.class);
    private static final Duration FRESH = Duration.ofSeconds(5);

    private final ObjectStore store;
    private final Supplier<Long> damaged;
    private final Executor executor;
    private final LongSupplier nanos;
    private long asked;
    private HealthCheckResponse response;

    @jakarta.inject.Inject
    StoreHealth(ObjectStore store, BlobCondition condition, ManagedExecutor executor) {
        this(store, condition::countUnusable, executor, System::nanoTime);
    }

    /** @param nanos monotonic time in nanoseconds, from an arbitrary origin */
    StoreHealth(ObjectStore store, Supplier<Long> damaged, Executor executor, LongSupplier nanos) {
        this.store = store;
        this.damaged = damaged;
        this.executor = executor;
        this.nanos = nanos;
    }

    @Override
    public synchronized HealthCheckResponse call() {
        if (response == null || nanos.getAsLong() - asked > FRESH.toNanos()) {
            response = ask();
            asked = nanos.getAsLong();
        }
        return response;
    }

    /** Number of files that are known to be missing or damaged; NaN if the database can't tell. */
    public double damaged() {
        return call().getData()
                .map(data -> data.get(DAMAGED))
                .map(number -> ((Number) number).doubleValue())
                .orElse(Double.NaN);
    }

    private HealthCheckResponse ask() {
        HealthCheckResponseBuilder answer = HealthCheckResponse.named(NAME).status(isUp());
        try {
            answer.withData(DAMAGED, inTime(damaged));
        } catch (CompletionException e) {
            LOG.debug("The list of damaged files cannot be read from the database.", e.getCause());
        }
        return answer.build();
    }

    private boolean isUp() {
        try {
            return inTime(() -> {
                store.check();
                return true;
            });
        } catch (CompletionException e) {
            LOG.debug("The object store does not answer.", e.getCause());
            return false;
        }
    }

    private <T> T inTime(Supplier<T> question) {
        return CompletableFuture.supplyAsync(question, executor)
                .orTimeout(FRESH.toMillis(), TimeUnit.MILLISECONDS)
                .join();
    }
}
