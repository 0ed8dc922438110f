package io.lorahub.backup;

import io.lorahub.backup.BackupDescription.Table;
import io.lorahub.database.Migrations;
import io.lorahub.engine.learning.recipe.EngineVersion;
import io.lorahub.storage.object.ObjectKey;
import io.lorahub.storage.object.ObjectStore;
import io.lorahub.storage.object.StorageException;
import io.lorahub.storage.object.StoredObject;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import java.util.function.Predicate;
import java.util.stream.Stream;
import javax.sql.DataSource;

/**
 * Makes a hub of a backup where there is none: first the objects, then, in one transaction, the rows. A restore that was
 * interrupted can be started again. Older backups are migrated to the schema of this program.
 */
public final class Restore {

    /** A hub with nothing in these tables has nothing that somebody made. */
    private static final String EMPTY =
            "select not exists (select from publisher) and not exists (select from person) and not exists (select from base_model)"
                    + " and not exists (select from blob)";

    private static final String CONNECTIONS = "select count(*) from pg_stat_activity where datname = current_database()"
            + " and backend_type = 'client backend' and pid <> pg_backend_pid()";

    private final BackupFolder folder;
    private final String name;
    private final BackupDescription description;
    private final Set<String> absent;

    /** @throws StorageException if it is no whole backup */
    public Restore(BackupFolder folder, String name) {
        this.folder = folder;
        this.name = name;
        description = folder.read(name);
        absent = Set.copyOf(description.absent());
    }

    public Backup.Amount amount() {
        return new Backup.Amount(description.objects().rows() - absent.size(), description.bytes());
    }

    /** SHA-256 of objects that were missing or damaged in the hub when the backup was made. */
    public List<String> missing() {
        return description.missing() == null ? List.of() : description.missing();
    }

    /**
     * Looks whether everything is there.
     *
     * @param contents whether to read the objects too, and compare them with their SHA-256
     * @param done     receives the sizes of objects
     * @return keys of objects that are missing or damaged
     * @throws StorageException if the rows are missing or damaged
     */
    public Collection<String> check(boolean contents, LongConsumer done) {
        for (Table table : description.tables()) folder.verify(name, table.file());
        folder.verify(name, description.objects());
        Set<String> damaged = new ConcurrentSkipListSet<>();
        forEachObject(object -> {
            boolean sound = object.isIn(folder.objects()) && (!contents || object.isSound(folder.objects()));
            if (!sound) damaged.add(object.key());
            done.accept(object.size());
        });
        return damaged;
    }

    private void forEachObject(Consumer<BackupObject> work) {
        folder.forEachObject(name, description.objects(), object -> {
            if (!absent.contains(object.key())) work.accept(object);
        });
    }

    /** @throws StorageException that names these objects */
    public StorageException damaged(Collection<String> objects) {
        return folder.damaged(
                name,
                "%d of %d objects are missing or damaged, such as %s"
                        .formatted(
                                objects.size(),
                                description.objects().rows(),
                                objects.iterator().next()));
    }

    /** @throws StorageException if there is a hub, or if it runs, or if the backup doesn't fit */
    public void requireEmpty(ObjectStore store, DataSource database) {
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement()) {
            long others = Long.parseLong(first(statement, CONNECTIONS));
            if (others > 0) {
                throw new StorageException("%d other connections use the database; stop all processes of the hub first."
                        .formatted(others));
            }
            boolean tables = first(statement, "select to_regclass('flyway_schema_history')::text") != null;
            if (tables && !"t".equals(first(statement, EMPTY))) {
                throw new StorageException(
                        "There is a hub in this database already; restore to an empty database, or another data folder.");
            }
        } catch (SQLException e) {
            throw failure(e);
        }
        requireSchema(new Migrations(database));
        requireStore(store);
    }

    /** Of a hub whose database is lost, the store can have more than the backup; the sweep removes it. */
    private void requireStore(ObjectStore store) {
        if (!hasAny(store, key -> true)
                || hasAny(store, key -> folder.objects().stat(key).isPresent())) return;
        throw new StorageException("The store has files of another hub; restore to an empty one.");
    }

    private static boolean hasAny(ObjectStore store, Predicate<String> which) {
        try (Stream<StoredObject> objects = store.list(ObjectKey.BLOBS)) {
            return objects.map(StoredObject::key).anyMatch(which);
        }
    }

    private static String first(Statement statement, String sql) throws SQLException {
        try (ResultSet row = statement.executeQuery(sql)) {
            row.next();
            return row.getString(1);
        }
    }

    /**
     * Copies the objects that the store doesn't have, and compares them with their SHA-256.
     *
     * @param done receives the sizes of objects
     * @return keys of objects that are missing or damaged
     */
    public Collection<String> copy(ObjectStore store, LongConsumer done) {
        Set<String> damaged = new ConcurrentSkipListSet<>();
        forEachObject(object -> {
            if (!object.isIn(store) && !object.copy(folder.objects(), store)) damaged.add(object.key());
            done.accept(object.size());
        });
        return damaged;
    }

    /**
     * Makes the tables as they were, fills them, and migrates them to the schema of this program.
     *
     * @param lacking keys of objects that were not copied; they and those that the backup lacks count as lost from now on
     */
    public void load(DataSource database, Collection<String> lacking) {
        Migrations migrations = new Migrations(database);
        migrations.applyUntil(description.schema());
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            new DatabaseDump(connection, folder, name).load(description);
            connection.commit();
            connection.setAutoCommit(true);
            migrations.apply();
            markLost(connection, lacking);
            statement.execute("analyze");
        } catch (SQLException e) {
            throw failure(e);
        }
    }

    private void markLost(Connection connection, Collection<String> lacking) throws SQLException {
        String[] lost = Stream.concat(lacking.stream().map(ObjectKey::sha256), missing().stream())
                .toArray(String[]::new);
        try (PreparedStatement statement = connection.prepareStatement(
                "update blob set unusable_since = clock_timestamp() where sha256 = any(?) and unusable_since is null")) {
            statement.setArray(1, connection.createArrayOf("text", lost));
            statement.executeUpdate();
        }
    }

    private void requireSchema(Migrations migrations) {
        if (!migrations.isKnown(description.schema())) {
            throw new StorageException(
                    "The backup was made by LoraHub %s, whose database is newer (V%s) than LoraHub %s knows; restore it with that version."
                            .formatted(description.lorahub(), description.schema(), EngineVersion.current()));
        }
        Optional<String> current = migrations.current();
        if (current.isPresent() && Integer.parseInt(current.get()) > Integer.parseInt(description.schema())) {
            throw new StorageException(
                    "The tables of the database are newer (V%s) than those of the backup (V%s); restore to a new database."
                            .formatted(current.get(), description.schema()));
        }
    }

    private static StorageException failure(SQLException e) {
        return new StorageException("The database cannot be used: %s.".formatted(e.getMessage()), e);
    }
}
