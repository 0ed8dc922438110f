package io.lorahub.backup;

import io.lorahub.backup.BackupDescription.DumpFile;
import io.lorahub.backup.BackupDescription.Table;
import io.lorahub.storage.object.StorageException;
import io.lorahub.storage.object.StoreInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.postgresql.PGConnection;
import org.postgresql.copy.PGCopyInputStream;

/**
 * The rows of all tables, read and written by PostgreSQL's COPY. The schema is not part of it: the migrations make it.
 * It needs no more rights than the hub has, and no programs of PostgreSQL, which has to be no older than 15.
 */
final class DatabaseDump {

    private static final String HISTORY = "flyway_schema_history";

    private static final String TABLES = """
            select c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace
            where n.nspname = current_schema() and c.relkind = 'r' and c.relname <> '%s' order by 1
            """.formatted(HISTORY);

    /** Generated columns are computed again. */
    private static final String COLUMNS = """
            select attname from pg_attribute
            where attrelid = quote_ident(?)::regclass and attnum > 0 and not attisdropped and attgenerated = ''
            order by attnum
            """;

    private static final String SEQUENCES = """
            select sequencename, last_value from pg_sequences
            where schemaname = current_schema() and last_value is not null
            """;

    /** Tables that name staged objects: parts of what is being sent. */
    private static final String OF_STAGED_OBJECTS = """
            select table_name from information_schema.columns
            where table_schema = current_schema() and column_name = 'object_key' order by 1
            """;

    private static final String FOREIGN_KEYS = """
            select conrelid::regclass::text, quote_ident(conname), pg_get_constraintdef(oid) from pg_constraint
            where contype = 'f' and connamespace = (select oid from pg_namespace where nspname = current_schema())
            """;

    private final Connection connection;
    private final BackupFolder folder;
    private final String backup;

    /** @param connection in a transaction of the caller, which sees all tables at one point in time */
    DatabaseDump(Connection connection, BackupFolder folder, String backup) {
        this.connection = connection;
        this.folder = folder;
        this.backup = backup;
    }

    /** @throws StorageException if the database is not a hub's */
    String schema() throws SQLException {
        if (strings("select to_regclass(?)::text", HISTORY).get(0) == null) {
            throw new StorageException(
                    "The database has no tables of a hub; check LORAHUB_DATABASE_URL, or start the hub.");
        }
        return strings("select version from " + HISTORY
                        + " where success and version is not null order by installed_rank desc limit 1")
                .get(0);
    }

    List<Table> write() throws SQLException {
        List<Table> tables = new ArrayList<>();
        for (String name : strings(TABLES)) {
            List<String> columns = strings(COLUMNS, name);
            String rows = "select %s from %s".formatted(quoted(columns), quoted(List.of(name)));
            DumpFile file = write(name + ".copy", rows);
            tables.add(new Table(name, columns, file));
        }
        return tables;
    }

    /** Writes a {@link BackupObject} per line. */
    DumpFile writeObjects() throws SQLException {
        return write("objects", objects());
    }

    /** Size of all objects, in bytes. */
    long objectBytes() throws SQLException {
        return Long.parseLong(strings("select coalesce(sum(size), 0) from (%s) o".formatted(objects()))
                .get(0));
    }

    private String objects() throws SQLException {
        return strings(OF_STAGED_OBJECTS).stream()
                .map(" union all select sha256, size, object_key from %s"::formatted)
                .collect(Collectors.joining("", "select sha256, size, '' as object_key from blob", ""));
    }

    Map<String, Long> sequences() throws SQLException {
        Map<String, Long> values = new LinkedHashMap<>();
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(SEQUENCES)) {
            while (rows.next()) values.put(rows.getString(1), rows.getLong(2));
        }
        return values;
    }

    private DumpFile write(String name, String query) throws SQLException {
        String copy = "copy (%s) to stdout".formatted(query);
        try (PGCopyInputStream rows = new PGCopyInputStream(connection.unwrap(PGConnection.class), copy)) {
            return folder.write(
                    backup, name, new StoreInputStream(rows, DatabaseDump::failure), rows::getHandledRowCount);
        } catch (IOException e) {
            throw failure(e);
        }
    }

    private static StorageException failure(IOException e) {
        return new StorageException("The database cannot be read: %s.".formatted(e.getMessage()), e);
    }

    /**
     * Replaces all rows by those of the backup. Foreign keys are dropped and made again, which checks them and needs no
     * order of the tables; triggers don't fire, because what they compute is in the dump.
     */
    void load(BackupDescription description) throws SQLException {
        List<String[]> foreignKeys = new ArrayList<>();
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(FOREIGN_KEYS)) {
            while (rows.next()) foreignKeys.add(new String[] {rows.getString(1), rows.getString(2), rows.getString(3)});
        }
        List<String> tables = strings(TABLES);
        for (String[] key : foreignKeys) execute("alter table %s drop constraint %s".formatted(key[0], key[1]));
        for (String table : tables) execute("alter table %s disable trigger user".formatted(quoted(List.of(table))));
        execute("truncate " + quoted(tables));
        for (Table table : description.tables()) load(table);
        for (var sequence : description.sequences().entrySet()) {
            strings("select setval(quote_ident(?)::regclass, %d)".formatted(sequence.getValue()), sequence.getKey());
        }
        for (String table : tables) execute("alter table %s enable trigger user".formatted(quoted(List.of(table))));
        for (String[] key : foreignKeys) {
            execute("alter table %s add constraint %s %s".formatted(key[0], key[1], key[2]));
        }
    }

    private void load(Table table) throws SQLException {
        String copy = "copy %s (%s) from stdin".formatted(quoted(List.of(table.name())), quoted(table.columns()));
        try (InputStream rows = folder.open(backup, table.file())) {
            long loaded = connection.unwrap(PGConnection.class).getCopyAPI().copyIn(copy, rows);
            if (loaded != table.file().rows()) {
                throw folder.damaged(
                        backup,
                        "%s has %d rows, not %d"
                                .formatted(table.name(), loaded, table.file().rows()));
            }
        } catch (IOException e) {
            throw folder.damaged(backup, "%s cannot be read".formatted(table.name()));
        }
    }

    private void execute(String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    /** The first column of the result. */
    private List<String> strings(String sql, String... parameters) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < parameters.length; i++) statement.setString(i + 1, parameters[i]);
            List<String> values = new ArrayList<>();
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) values.add(rows.getString(1));
            }
            return values;
        }
    }

    private static String quoted(List<String> names) {
        return names.stream()
                .map(name -> '"' + name.replace("\"", "\"\"") + '"')
                .collect(Collectors.joining(", "));
    }
}
