package io.lorahub.storage.upkeep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.lorahub.storage.Blob;
import io.lorahub.storage.Blobs;
import io.lorahub.storage.directory.DirectoryStore;
import io.lorahub.storage.object.ObjectStore;
import io.lorahub.storage.object.StagedFile;
import io.lorahub.storage.object.StorageException;
import io.lorahub.storage.object.StoreUnavailableException;
import io.lorahub.testsupport.PostgresResource;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import javax.sql.DataSource;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@QuarkusTest
@QuarkusTestResource(PostgresResource.class)
class ScrubTest {

    private static final Duration INTERVAL = Duration.ofDays(30);

    private final ObjectStore store;
    private final Blobs blobs;
    private final Scrub scrub;
    private final DataSource database;

    ScrubTest(ObjectStore store, Blobs blobs, Scrub scrub, DataSource database) {
        this.store = store;
        this.blobs = blobs;
        this.scrub = scrub;
        this.database = database;
    }

    @BeforeEach
    void begin() {
        storeBlob("sound");
        scrub.run(INTERVAL, () -> true, bytes -> {});
    }

    @Test
    void each_file_is_read_once_in_the_interval_and_the_next_night_continues() {
        for (int day = 31; day < 34; day++) storeBlob("content " + day, Duration.ofDays(day));
        storeBlob("content 29", Duration.ofDays(29));
        AtomicInteger asked = new AtomicInteger();
        AtomicLong bytes = new AtomicLong();

        assertThat(scrub.due(INTERVAL)).isEqualTo(new Scrub.Amount(3, 30 + 3 * 36));
        assertThat(scrub.allReadSince().orElseThrow()).isBefore(Instant.now().minus(Duration.ofDays(32)));
        assertThat(scrub.run(INTERVAL, () -> asked.incrementAndGet() < 3, bytes::addAndGet))
                .isEqualTo(new Scrub.Amount(2, 20 + 2 * 36));
        assertThat(bytes).hasValue(20 + 2 * 36);
        assertThat(scrub.run(INTERVAL, () -> true, read -> {})).isEqualTo(new Scrub.Amount(1, 10 + 36));
        assertThat(scrub.due(INTERVAL)).isEqualTo(new Scrub.Amount(0, 0));
        assertThat(scrub.allReadSince().orElseThrow()).isAfter(Instant.now().minus(Duration.ofDays(30)));
    }

    @Test
    void bytes_that_come_again_while_the_damaged_ones_are_read_stay_sound() {
        String text = "replaced " + UUID.randomUUID();
        String sha256 = storeBlob(text, Duration.ofDays(31));
        Scrub meanwhile = new Scrub(
                opening(() -> {
                    publish(text);
                    return new ByteArrayInputStream("damaged".getBytes(StandardCharsets.UTF_8));
                }),
                database);

        assertThat(meanwhile.run(INTERVAL, () -> true, bytes -> {}).files()).isOne();

        assertThat(scrub.damaged()).extracting(Scrub.Damaged::sha256).doesNotContain(sha256);
    }

    @Test
    void an_outage_is_no_damage() {
        String sha256 = storeBlob("unreachable", Duration.ofDays(31));
        Scrub down = new Scrub(
                opening(() -> {
                    throw new StoreUnavailableException("It does not answer.", null);
                }),
                database);

        assertThatExceptionOfType(StoreUnavailableException.class)
                .isThrownBy(() -> down.run(INTERVAL, () -> true, bytes -> {}));

        assertThat(scrub.damaged()).extracting(Scrub.Damaged::sha256).doesNotContain(sha256);
        assertThat(scrub.due(INTERVAL).files()).isOne();
    }

    @Test
    void a_store_without_the_files_of_the_database_is_told_and_nothing_is_marked(@TempDir Path folder) {
        String sha256 = storeBlob("in the database and in its store", Duration.ofDays(31));
        Scrub elsewhere = new Scrub(new DirectoryStore(folder), database);

        scrub.requireStoreOfDatabase();
        assertThatExceptionOfType(StorageException.class)
                .isThrownBy(() -> elsewhere.run(INTERVAL, () -> true, bytes -> {}))
                .withMessageContaining("not the store of the hub");

        assertThat(scrub.damaged()).extracting(Scrub.Damaged::sha256).doesNotContain(sha256);
    }

    @Test
    void files_that_are_being_published_say_nothing_about_the_store(@TempDir Path folder) {
        UUID hold = UUID.randomUUID();
        QuarkusTransaction.requiringNew()
                .run(() -> Blob.getEntityManager()
                        .createNativeQuery("insert into blob_hold (id, sha256, held_until)"
                                + " select :id, sha256, now() + interval '1 hour' from blob")
                        .setParameter("id", hold)
                        .executeUpdate());
        try {
            new Scrub(new DirectoryStore(folder), database).requireStoreOfDatabase();
        } finally {
            QuarkusTransaction.requiringNew()
                    .run(() -> Blob.getEntityManager()
                            .createNativeQuery("delete from blob_hold where id = :id")
                            .setParameter("id", hold)
                            .executeUpdate());
        }
    }

    /** The store, but for what is read from it. */
    private ObjectStore opening(Supplier<InputStream> content) {
        return (ObjectStore) Proxy.newProxyInstance(
                ObjectStore.class.getClassLoader(), new Class<?>[] {ObjectStore.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("open")) return content.get();
                    try {
                        return method.invoke(store, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }

    private String storeBlob(String text) {
        return storeBlob(text + UUID.randomUUID(), Duration.ZERO);
    }

    /** @param age since it came */
    private String storeBlob(String text, Duration age) {
        String sha256 = publish(age.isZero() || text.contains("-") ? text : text + UUID.randomUUID());
        QuarkusTransaction.requiringNew()
                .run(() -> Blob.update(
                        "createdAt = ?1 where sha256 = ?2", Instant.now().minus(age), sha256));
        return sha256;
    }

    private String publish(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        StagedFile staged = store.stage(new ByteArrayInputStream(bytes), bytes.length);
        blobs.publish(List.of(staged)).close();
        return staged.sha256();
    }
}
