package io.lorahub.storage.upkeep;

import io.lorahub.storage.Blob;
import io.lorahub.storage.BlobHolds;
import io.lorahub.storage.Blobs;
import io.lorahub.storage.DatabaseClock;
import io.lorahub.storage.SweepConfig;
import io.lorahub.storage.object.ObjectKey;
import io.lorahub.storage.object.ObjectStore;
import io.lorahub.storage.object.StorageException;
import io.lorahub.storage.object.StoredObject;
import io.quarkus.narayana.jta.QuarkusTransaction;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Event;
import jakarta.persistence.EntityManager;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jboss.logging.Logger;

/**
 * Removes unreferenced files from the store. It can run at any time and several times at once: a blob's row is locked
 * against {@link Blobs#publish} and new references until its object is gone as well. While a backup holds {@link #LOCK},
 * blobs stay, because its dump can name them; a later sweep removes them.
 */
@ApplicationScoped
public class Sweep {

    private static final Logger LOG = Logger.getLogger(Sweep.class);
    private static final int PAGE = 500;

    /** Key of PostgreSQL's advisory lock, which whoever needs all blobs holds; an arbitrary number that nothing else locks. */
    public static final long LOCK = 6_241_530_718_803_512_977L;

    /** Of transactions that did not complete; more are those of another hub, unless the database knows most files. */
    private static final int MOST_ORPHANS = 20;

    private static final Instant ALWAYS = Instant.parse("9999-12-31T00:00:00Z");

    private final ObjectStore store;
    private final References references;
    private final SweepConfig config;
    private final EntityManager database;
    private final BlobHolds holds;
    private final Scrub scrub;
    private final Event<SweepBegins> begins;
    private final DatabaseClock clock;

    Sweep(
            ObjectStore store,
            References references,
            SweepConfig config,
            EntityManager database,
            BlobHolds holds,
            Scrub scrub,
            Event<SweepBegins> begins,
            DatabaseClock clock) {
        this.store = store;
        this.references = references;
        this.config = config;
        this.database = database;
        this.holds = holds;
        this.scrub = scrub;
        this.begins = begins;
        this.clock = clock;
    }

    /**
     * Sweeps the whole store.
     *
     * @throws StorageException if the store isn't this hub's; nothing is deleted then
     */
    public SweepResult run() {
        Instant now = clock.now();
        scrub.requireStoreOfDatabase();
        begins.fire(new SweepBegins());
        holds.dropOld();
        scrub.recheck();
        adoptOrphans(now.minus(config.grace()));
        SweepResult removed = removeUnused(now.minus(config.grace())).plus(removeStaged(now.minus(config.staging())));
        LOG.infof("Swept %d blobs and %d staged files, %d bytes.", removed.blobs(), removed.staged(), removed.bytes());
        return removed;
    }

    /**
     * Removes the unreferenced blobs among these, regardless of age; the caller guarantees that nothing will refer to
     * them.
     */
    public SweepResult drop(Collection<String> hashes) {
        SweepResult removed = SweepResult.NOTHING;
        for (String sha256 : new TreeSet<>(hashes)) removed = removed.plus(remove(sha256, ALWAYS));
        return removed;
    }

    /** Adds rows for objects left by transactions that did not complete, so that they are removed like any others. */
    private void adoptOrphans(Instant before) {
        long known = 0;
        Map<String, StoredObject> orphans = new HashMap<>();
        try (Stream<StoredObject> objects = store.list(ObjectKey.BLOBS)) {
            Iterator<StoredObject> old = objects.filter(
                            object -> object.lastModified().isBefore(before) && ObjectKey.isBlob(object.key()))
                    .iterator();
            while (old.hasNext()) {
                Map<String, StoredObject> page = new HashMap<>();
                while (old.hasNext() && page.size() < PAGE) {
                    StoredObject object = old.next();
                    page.put(object.key().substring(object.key().lastIndexOf('/') + 1), object);
                }
                int all = page.size();
                QuarkusTransaction.requiringNew().run(() -> keepUnknown(page));
                known += all - page.size();
                orphans.putAll(page);
                if (orphans.size() > MOST_ORPHANS && orphans.size() > known) throw foreign();
            }
        }
        if (known == 0 && !orphans.isEmpty()) throw foreign();
        QuarkusTransaction.requiringNew().run(() -> adopt(orphans));
    }

    private static StorageException foreign() {
        return new StorageException(
                "The store has more files that the database does not know than files that it knows: it is not the store of the"
                        + " hub, or the database is not. Nothing was swept.");
    }

    /** Nearly all objects have a row, so one query per page finds the exceptions. */
    private static void keepUnknown(Map<String, StoredObject> page) {
        Blob.<Blob>stream("sha256 in ?1", List.copyOf(page.keySet())).forEach(blob -> page.remove(blob.sha256));
    }

    private void adopt(Map<String, StoredObject> orphans) {
        for (String sha256 : new TreeSet<>(orphans.keySet())) {
            StoredObject object = orphans.get(sha256);
            database.createNativeQuery("insert into blob (sha256, size, created_at) values (:sha256, :size, :modified)"
                            + " on conflict do nothing")
                    .setParameter("sha256", sha256)
                    .setParameter("size", object.size())
                    .setParameter("modified", object.lastModified())
                    .executeUpdate();
        }
    }

    private SweepResult removeUnused(Instant before) {
        SweepResult removed = SweepResult.NOTHING;
        List<String> page = references.unused(before, "", PAGE);
        while (!page.isEmpty()) {
            for (String sha256 : page) removed = removed.plus(remove(sha256, before));
            page = references.unused(before, page.get(page.size() - 1), PAGE);
        }
        return removed;
    }

    private SweepResult remove(String sha256, Instant before) {
        return QuarkusTransaction.requiringNew().call(() -> {
            if (!lock(sha256, before) || references.isUsed(sha256)) return SweepResult.NOTHING;
            Blob blob = Blob.findById(sha256);
            blob.delete();
            Blob.flush();
            store.delete(ObjectKey.blob(sha256));
            return SweepResult.blob(blob.size);
        });
    }

    /** Prevents new holds and references until the transaction ends. */
    private boolean lock(String sha256, Instant before) {
        return !database.createNativeQuery(
                        "select sha256 from blob where sha256 = :sha256 and created_at < :before"
                                + " and pg_try_advisory_xact_lock_shared(" + LOCK + ") for update",
                        String.class)
                .setParameter("sha256", sha256)
                .setParameter("before", before)
                .getResultList()
                .isEmpty();
    }

    private SweepResult removeStaged(Instant before) {
        SweepResult removed = SweepResult.NOTHING;
        try (Stream<StoredObject> objects = store.list(ObjectKey.STAGING)) {
            Set<String> needed = partsOfUploads();
            Iterator<StoredObject> left = objects.filter(
                            object -> object.lastModified().isBefore(before) && !needed.contains(object.key()))
                    .iterator();
            while (left.hasNext()) {
                StoredObject object = left.next();
                store.delete(object.key());
                removed = removed.plus(SweepResult.staged(object.size()));
            }
        }
        return removed;
    }

    /** Parts of unfinished uploads and transfers, regardless of age. */
    private Set<String> partsOfUploads() {
        return QuarkusTransaction.requiringNew()
                .call(() -> new HashSet<>(database.createNativeQuery(
                                "select object_key from upload_part union select object_key from repository_transfer_part",
                                String.class)
                        .getResultList()));
    }
}
