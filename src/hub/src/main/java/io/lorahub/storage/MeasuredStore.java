package io.lorahub.storage;

import io.lorahub.storage.object.NoSuchObjectException;
import io.lorahub.storage.object.ObjectStore;
import io.lorahub.storage.object.StagedFile;
import io.lorahub.storage.object.StoreUnavailableException;
import io.lorahub.storage.object.StoredObject;
import io.lorahub.storage.object.TooLargeException;
import io.micrometer.core.instrument.Metrics;
import io.micrometer.core.instrument.Timer;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jboss.logging.Logger;

/**
 * Measures the operations of a store, and tells the log when it stops answering and when it answers again. Reading what
 * {@link #open} returns is not part of them.
 */
record MeasuredStore(ObjectStore store, StoreOutage outage) implements ObjectStore {

    private static final Logger LOG = Logger.getLogger(MeasuredStore.class);

    private static final Duration[] BUCKETS =
            Stream.of(10, 100, 1000, 10_000, 60_000).map(Duration::ofMillis).toArray(Duration[]::new);

    private static final List<String> OPERATIONS = List.of("stage", "publish", "open", "stat", "delete", "list");

    /** Errors are counted from 0, because the first of them would be no increase of a series that begins with it. */
    MeasuredStore {
        OPERATIONS.forEach(operation -> timer(operation, "error"));
    }

    @Override
    public StagedFile stage(InputStream in, long maxBytes) {
        return measured("stage", () -> store.stage(in, maxBytes));
    }

    @Override
    public boolean publish(StagedFile staged, String key) {
        return measured("publish", () -> store.publish(staged, key));
    }

    @Override
    public InputStream open(String key, long offset, long length) {
        return measured("open", () -> store.open(key, offset, length));
    }

    @Override
    public Optional<StoredObject> stat(String key) {
        return measured("stat", () -> store.stat(key));
    }

    @Override
    public Optional<Path> localPath(String key) {
        return store.localPath(key);
    }

    @Override
    public void delete(String key) {
        measured("delete", () -> {
            store.delete(key);
            return null;
        });
    }

    @Override
    public Stream<StoredObject> list(String prefix) {
        return measured("list", () -> store.list(prefix));
    }

    private <T> T measured(String operation, Supplier<T> call) {
        Timer.Sample start = Timer.start();
        String outcome = "error";
        try {
            T answer = call.get();
            outcome = "ok";
            outage.end()
                    .ifPresent(
                            time -> LOG.infof("The object store answers again, after %d seconds.", time.toSeconds()));
            return answer;
        } catch (StoreUnavailableException e) {
            if (StoreOutage.isCause(e))
                LOG.warn("The object store does not answer.", e); // of an outage, only the first
            throw e;
        } catch (NoSuchObjectException | TooLargeException e) {
            outcome = "ok"; // the store works
            throw e;
        } finally {
            start.stop(timer(operation, outcome));
        }
    }

    private static Timer timer(String operation, String outcome) {
        return Timer.builder("lorahub.store.operation")
                .description("Operations of the object store")
                .tags("operation", operation, "outcome", outcome)
                .serviceLevelObjectives(BUCKETS)
                .register(Metrics.globalRegistry);
    }
}
