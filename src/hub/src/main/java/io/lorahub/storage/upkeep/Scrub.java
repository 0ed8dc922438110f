package io.lorahub.storage.upkeep;

import io.lorahub.storage.object.ObjectKey;
import io.lorahub.storage.object.ObjectStore;
import io.lorahub.storage.object.StorageException;
import io.lorahub.storage.object.UnusableObjectException;
import io.lorahub.storage.object.VerifyingInputStream;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.LongConsumer;
import java.util.zip.CRC32;
import javax.sql.DataSource;
import org.jboss.logging.Logger;

/**
 * Reads stored files again and compares them with their SHA-256. This finds damage even in files that nobody downloads,
 * or only in part. It needs only the database and the store, so a command can run it alongside a hub or without one.
 */
@Singleton
public class Scrub {

    private static final Logger LOG = Logger.getLogger(Scrub.class);
    private static final int SAMPLE = 5;
    private static final int PAGE = 100;
    private static final int CHUNK_BYTES = 1 << 18;

    /**
     * Condition for files not yet read in this pass that were never read and have no CRC-32, or have not been read for
     * the given number of seconds.
     */
    private static final String DUE = " from blob where (read_at is null or read_at < ?)"
            + " and (crc32 is null and read_at is null or coalesce(read_at, created_at) <= ?::timestamptz - make_interval(secs => ?))";

    private static final String COUNT = "select count(*), coalesce(sum(size), 0)::bigint" + DUE;

    private static final String ROW = "select sha256, size, created_at, unusable_since is not null";

    private static final String NEXT =
            ROW + DUE + " order by crc32 is not null, coalesce(read_at, created_at), sha256 limit " + PAGE;

    private static final String UNUSABLE = ROW + " from blob where unusable_since is not null order by sha256";

    /** Has no effect if the file was removed or sent again meanwhile. */
    private static final String RECORD = "update blob set read_at = clock_timestamp(), crc32 = coalesce(?, crc32),"
            + " unusable_since = case when ? then null else coalesce(unusable_since, clock_timestamp()) end"
            + " where sha256 = ? and created_at = ?";

    private static final String DAMAGED =
            "select sha256, size, unusable_since from blob where unusable_since is not null order by unusable_since, sha256";

    private static final String OLDEST = "select min(coalesce(read_at, created_at)) from blob";

    private static final String USERS = """
            select format('adapter %s/%s %s, %s', p.name, a.name, v.label, f.name) as name
            from version_file f join adapter_version v on v.id = f.version_id join adapter a on a.id = v.adapter_id
              join publisher p on p.id = a.publisher_id
            where f.sha256 = ?
            union select format('base model %s, %s', m.name, f.name)
            from base_model_file f join base_model m on m.id = f.base_model_id where f.sha256 = ?
            union select format('run %s, %s', f.run_id, f.name) from composition_file f where f.sha256 = ?
            order by name limit 50""";

    /** Without files that are being published: their rows come before their objects. */
    private static final String SETTLED = "(select sha256 from blob b where not exists"
            + " (select from blob_hold h where h.sha256 = b.sha256 and h.held_until > now())";

    /** The newest files and the oldest ones. */
    private static final String SOME = SETTLED + " order by created_at desc limit " + SAMPLE + ") union all " + SETTLED
            + " order by created_at limit " + SAMPLE + ")";

    private final ObjectStore store;
    private final DataSource database;

    public Scrub(ObjectStore store, DataSource database) {
        this.store = store;
        this.database = database;
    }

    /** @param bytes total size of the files */
    public record Amount(long files, long bytes) {}

    /**
     * A file that is missing or damaged.
     *
     * @param since when this was found
     * @param users where it is used, such as {@code adapter lab/un 1.0.0, adapter_model.safetensors}
     */
    public record Damaged(String sha256, long size, Instant since, List<String> users) {}

    private record Row(String sha256, long size, OffsetDateTime createdAt, boolean unusable) {}

    /** The files that {@link #run} with this argument would read now. */
    public Amount due(Duration unread) {
        return query(COUNT, rows -> new Amount(rows.getLong(1), rows.getLong(2)), due(now(), unread))
                .get(0);
    }

    /**
     * Reads files that have not been read for this long, the longest unread first, and unread files without a CRC-32.
     * Results are stored after each file, so stopping at any time loses nothing.
     *
     * @param goOn called before each file; false stops
     * @param read receives the number of further bytes read
     * @return the files read
     * @throws StorageException if the store does not respond, or belongs to another hub
     */
    public Amount run(Duration unread, BooleanSupplier goOn, LongConsumer read) {
        requireStoreOfDatabase();
        OffsetDateTime start = now();
        Amount done = new Amount(0, 0);
        List<Row> page = next(start, unread);
        while (!page.isEmpty()) {
            for (Row row : page) {
                if (!goOn.getAsBoolean()) return done;
                check(row, read);
                done = new Amount(done.files + 1, done.bytes + row.size);
            }
            page = next(start, unread);
        }
        return done;
    }

    /** Reads files known to be missing or damaged again, because an operator may have restored them. */
    void recheck() {
        query(UNUSABLE, Scrub::row).forEach(row -> check(row, bytes -> {}));
    }

    /** Files known to be missing or damaged. */
    public List<Damaged> damaged() {
        return query(
                        DAMAGED,
                        rows -> new Damaged(
                                rows.getString(1),
                                rows.getLong(2),
                                time(rows, 3).toInstant(),
                                List.of()))
                .stream()
                .map(file -> new Damaged(file.sha256, file.size, file.since, users(file.sha256)))
                .toList();
    }

    /** Where a file is used, such as {@code adapter lab/un 1.0.0, adapter_model.safetensors}. */
    public List<String> users(String sha256) {
        return query(USERS, rows -> rows.getString(1), sha256, sha256, sha256);
    }

    /** The time since which every file has been sent or read; empty if there are no files. */
    public Optional<Instant> allReadSince() {
        return Optional.ofNullable(query(OLDEST, rows -> time(rows, 1)).get(0)).map(OffsetDateTime::toInstant);
    }

    /**
     * For processes that have nothing to do without the files.
     *
     * @throws StorageException if the store has none of the database's newest and oldest files, so it is another hub's
     */
    public void requireStoreOfDatabase() {
        List<String> sample = query(SOME, rows -> rows.getString(1));
        if (sample.isEmpty()
                || sample.stream()
                        .anyMatch(sha256 -> store.stat(ObjectKey.blob(sha256)).isPresent())) return;
        throw new StorageException(
                "The database names files that this store does not have: it is not the store of the hub. Start with its"
                        + " --data DIR, or with its LORAHUB_STORAGE_ settings.");
    }

    private void check(Row row, LongConsumer read) {
        String key = ObjectKey.blob(row.sha256);
        try {
            long crc32 = crc32(row, read);
            if (record(row, crc32) && row.unusable) LOG.infof("The object %s is intact again.", key);
        } catch (UnusableObjectException e) {
            if (record(row, null)) LOG.errorf("%s Sending the same bytes again repairs it.", e.getMessage());
        }
    }

    private long crc32(Row row, LongConsumer read) {
        CRC32 crc32 = new CRC32();
        byte[] chunk = new byte[CHUNK_BYTES];
        try (InputStream in =
                new VerifyingInputStream(store.open(ObjectKey.blob(row.sha256)), row.sha256, row.size, sound -> {})) {
            for (int length; (length = in.read(chunk)) >= 0; ) {
                crc32.update(chunk, 0, length);
                read.accept(length);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return crc32.getValue();
    }

    /** @param crc32 null for a missing or damaged file */
    private boolean record(Row row, Long crc32) {
        try (Connection connection = database.getConnection();
                PreparedStatement update = connection.prepareStatement(RECORD)) {
            update.setObject(1, crc32, Types.BIGINT);
            update.setBoolean(2, crc32 != null);
            update.setString(3, row.sha256);
            update.setObject(4, row.createdAt);
            return update.executeUpdate() > 0;
        } catch (SQLException e) {
            throw failure(e);
        }
    }

    private OffsetDateTime now() {
        return query("select clock_timestamp()", rows -> time(rows, 1)).get(0);
    }

    private List<Row> next(OffsetDateTime start, Duration unread) {
        return query(NEXT, Scrub::row, due(start, unread));
    }

    private static Object[] due(OffsetDateTime start, Duration unread) {
        return new Object[] {start, start, (double) unread.toSeconds()};
    }

    private static Row row(ResultSet rows) throws SQLException {
        return new Row(rows.getString(1), rows.getLong(2), time(rows, 3), rows.getBoolean(4));
    }

    private static OffsetDateTime time(ResultSet rows, int column) throws SQLException {
        return rows.getObject(column, OffsetDateTime.class);
    }

    private interface Mapping<T> {
        T of(ResultSet row) throws SQLException;
    }

    private <T> List<T> query(String sql, Mapping<T> mapping, Object... parameters) {
        try (Connection connection = database.getConnection();
                PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < parameters.length; i++) statement.setObject(i + 1, parameters[i]);
            List<T> results = new ArrayList<>();
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) results.add(mapping.of(rows));
            }
            return results;
        } catch (SQLException e) {
            throw failure(e);
        }
    }

    private static StorageException failure(SQLException e) {
        return new StorageException("The database cannot be used: %s.".formatted(e.getMessage()), e);
    }
}
