package io.lorahub.storage;

import io.lorahub.storage.object.NoSuchObjectException;
import io.lorahub.storage.object.ObjectKey;
import io.lorahub.storage.object.ObjectStore;
import io.lorahub.storage.object.StoredObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jboss.logging.Logger;

/**
 * Verifies objects of which a client reads only a part. Each process reads an object in full before the first part, and
 * again only once the object has been modified. Large objects are read in the background instead, one at a time, while
 * the part is sent; if one is damaged, later requests are refused.
 */
final class PartVerification {

    /** Maximum size in bytes of objects that a request waits for. */
    static final long AT_ONCE = 64L << 20;

    private static final Logger LOG = Logger.getLogger(PartVerification.class);
    /** Another change this soon after one may not be visible: S3 gives times in seconds. */
    private static final Duration GRANULARITY = Duration.ofSeconds(2);

    private static final int MOST = 100_000;
    private static final int LOCKS = 64;

    /** Reads a whole object and compares it with its hash. */
    interface WholeRead {
        /** @throws io.lorahub.storage.object.DamagedObjectException if it does not match */
        void read(String sha256, long size) throws IOException;
    }

    private final ObjectStore store;
    private final WholeRead whole;
    private final long atOnce;
    private final Object[] locks = Stream.generate(Object::new).limit(LOCKS).toArray();
    private final Set<String> underWay = ConcurrentHashMap.newKeySet();
    private final ExecutorService background = background();

    /** When each verified object was last modified. */
    private final Map<String, Instant> known = Collections.synchronizedMap(new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Instant> eldest) {
            return size() > MOST;
        }
    });

    PartVerification(ObjectStore store, WholeRead whole, long atOnce) {
        this.store = store;
        this.whole = whole;
        this.atOnce = atOnce;
    }

    private static ExecutorService background() {
        ThreadPoolExecutor one =
                new ThreadPoolExecutor(1, 1, 10, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), task -> {
                    Thread thread = new Thread(task, "part-verification");
                    thread.setDaemon(true);
                    return thread;
                });
        one.allowCoreThreadTimeOut(true);
        return one;
    }

    /** @throws io.lorahub.storage.object.UnusableObjectException if the object is missing, or known to be damaged */
    void verify(String sha256, long size) {
        Instant modified = modified(sha256);
        if (modified.equals(known.get(sha256))) return;
        if (size > atOnce) {
            if (underWay.add(sha256)) background.execute(() -> inBackground(sha256, size, modified));
            return;
        }
        synchronized (locks[Math.floorMod(sha256.hashCode(), LOCKS)]) { // requests for the same object read it once
            if (!modified.equals(known.get(sha256))) read(sha256, size, modified);
        }
    }

    private Instant modified(String sha256) {
        String key = ObjectKey.blob(sha256);
        return store.stat(key).map(StoredObject::lastModified).orElseThrow(() -> new NoSuchObjectException(key));
    }

    private void read(String sha256, long size, Instant modified) {
        Instant begun = Instant.now();
        try {
            whole.read(sha256, size);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        if (modified.isBefore(begun.minus(GRANULARITY))) known.put(sha256, modified);
    }

    private void inBackground(String sha256, long size, Instant modified) {
        try {
            read(sha256, size, modified);
        } catch (RuntimeException e) {
            LOG.debugf("The object %s could not be verified: %s", sha256, e.getMessage()); // damage was reported
        } finally {
            underWay.remove(sha256);
        }
    }
}
