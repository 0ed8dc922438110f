package io.lorahub.backup;

import io.lorahub.backup.BackupDescription.DumpFile;
import io.lorahub.backup.BackupDescription.Table;
import io.lorahub.engine.learning.recipe.EngineVersion;
import io.lorahub.storage.object.ObjectStore;
import io.lorahub.storage.object.StorageException;
import io.lorahub.storage.upkeep.Sweep;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongConsumer;
import javax.sql.DataSource;

/**
 * A backup of a hub that can be running: first the rows of the database as of one point in time, then the objects that
 * they name and that the folder doesn't have yet. The hub deletes no blobs until it ends ({@link Sweep}).
 */
public final class Backup implements AutoCloseable {

    private static final String LOCKED = "55P03"; // lock_not_available

    /** Its row comes before its object. */
    private static final String PUBLISHING =
            "select exists (select from blob_hold where sha256 = ? and held_until > clock_timestamp())";

    private final ObjectStore store;
    private final BackupFolder folder;
    private final Connection connection;
    private final String name;
    private String schema;
    private List<Table> tables;
    private Map<String, Long> sequences;
    private DumpFile objects;
    private Amount all;

    /** @param bytes size of the objects */
    public record Amount(long objects, long bytes) {}

    /**
     * @param copied  what the folder did not have
     * @param missing SHA-256 of objects that are missing or damaged in the hub, and not in the folder
     */
    public record Result(String name, Amount all, Amount copied, List<String> missing) {}

    /** @throws StorageException if another backup of the hub is being made */
    public Backup(ObjectStore store, DataSource database, BackupFolder folder) {
        this.store = store;
        this.folder = folder;
        try {
            connection = database.getConnection();
        } catch (SQLException e) {
            throw failure(e);
        }
        try (Statement statement = connection.createStatement()) {
            statement.execute("set lock_timeout = '10s'"); // sweeps hold it for one object at a time
            statement.execute("select pg_advisory_lock(%d)".formatted(Sweep.LOCK));
        } catch (SQLException e) {
            close();
            if (!LOCKED.equals(e.getSQLState())) throw failure(e);
            throw new StorageException("Another backup of this hub is being made; wait until it has ended.", e);
        }
        name = folder.newName();
    }

    /** Writes the rows of the database; returns the amount of objects that they name. */
    public Amount dump() {
        try (Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            statement.execute("set transaction isolation level repeatable read, read only");
            DatabaseDump dump = new DatabaseDump(connection, folder, name);
            schema = dump.schema();
            tables = dump.write();
            objects = dump.writeObjects();
            sequences = dump.sequences();
            all = new Amount(objects.rows(), dump.objectBytes());
            connection.commit();
            connection.setAutoCommit(true);
            return all;
        } catch (SQLException e) {
            throw failure(e);
        }
    }

    /** Deletes all but the newest backups of the folder; no other backup can be under way there. */
    public void prune(int keep) {
        folder.prune(keep);
    }

    /**
     * Copies the objects and completes the backup.
     *
     * @param done receives the sizes of objects that are in the folder
     */
    public Result copy(LongConsumer done) {
        LongAdder count = new LongAdder();
        LongAdder bytes = new LongAdder();
        Set<BackupObject> absent = new ConcurrentSkipListSet<>(Comparator.comparing(BackupObject::key));
        folder.forEachObject(name, objects, object -> {
            if (!object.isIn(folder.objects())) {
                if (object.copy(store, folder.objects())) {
                    count.increment();
                    bytes.add(object.size());
                } else {
                    absent.add(object);
                }
            }
            done.accept(object.size());
        });
        List<String> missing = new ArrayList<>();
        for (BackupObject object : List.copyOf(absent)) {
            // what was being sent has arrived or was given up meanwhile
            if (object.isStaged() || isPublishing(object)) continue;
            // its publication may have ended just now
            if (object.copy(store, folder.objects())) absent.remove(object);
            else missing.add(object.sha256());
        }
        requireLock();
        folder.write(
                name,
                new BackupDescription(
                        BackupDescription.FORMAT,
                        EngineVersion.current(),
                        schema,
                        tables,
                        sequences,
                        objects,
                        all.bytes(),
                        absent.stream().map(BackupObject::key).toList(),
                        missing));
        return new Result(name, all, new Amount(count.sum(), bytes.sum()), missing);
    }

    private boolean isPublishing(BackupObject object) {
        try (PreparedStatement statement = connection.prepareStatement(PUBLISHING)) {
            statement.setString(1, object.sha256());
            try (ResultSet held = statement.executeQuery()) {
                held.next();
                return held.getBoolean(1);
            }
        } catch (SQLException e) {
            throw failure(e);
        }
    }

    /** If the connection was lost, the hub may have deleted objects that the dump names. */
    private void requireLock() {
        try (Statement statement = connection.createStatement()) {
            statement.execute("select 1");
        } catch (SQLException e) {
            throw new StorageException(
                    "The connection to the database was lost while objects were copied, so the hub may have deleted some of"
                            + " them. Start the backup again; what has been copied stays.",
                    e);
        }
    }

    private static StorageException failure(SQLException e) {
        return new StorageException("The database cannot be used: %s.".formatted(e.getMessage()), e);
    }

    /** Lets the hub delete blobs again. */
    @Override
    public void close() {
        try {
            connection.close();
        } catch (SQLException e) {
            throw failure(e);
        }
    }
}
