package io.lorahub.storage;

import io.smallrye.health.api.Wellness;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.eclipse.microprofile.context.ManagedExecutor;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.jboss.logging.Logger;

/**
 * Whether files can be written now. It is asked of the store no more often than every few seconds, as the question is
 * open to everybody; a store that does not answer within that time counts as down.
 */
@ApplicationScoped
@Wellness
public class StoreHealth implements HealthCheck {

    static final String NAME = "Object store";

    private static final Logger LOG = Logger.getLogger(StoreHealth.class);
    private static final Duration FRESH = Duration.ofSeconds(5);

    private final ObjectStore store;
    private final ManagedExecutor executor;
    private Instant asked = Instant.MIN;
    private boolean up;
    private boolean wasDown;

    StoreHealth(ObjectStore store, ManagedExecutor executor) {
        this.store = store;
        this.executor = executor;
    }

    @Override
    public HealthCheckResponse call() {
        return HealthCheckResponse.named(NAME).status(isUp()).build();
    }

    private synchronized boolean isUp() {
        if (asked.plus(FRESH).isBefore(Instant.now())) {
            boolean now = answers();
            if (now && wasDown) LOG.info("The object store answers again.");
            wasDown = !now;
            up = now;
            asked = Instant.now();
        }
        return up;
    }

    private boolean answers() {
        try {
            CompletableFuture.runAsync(store::check, executor)
                    .orTimeout(FRESH.toMillis(), TimeUnit.MILLISECONDS)
                    .join();
            return true;
        } catch (CompletionException e) {
            LOG.warn("The object store does not answer.", e.getCause());
            return false;
        }
    }
}
