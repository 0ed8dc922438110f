package io.lorahub.download;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lorahub.account.Role;
import io.lorahub.adapter.Adapter;
import io.lorahub.adapter.Visibility;
import io.lorahub.storage.Blob;
import io.lorahub.storage.Blobs;
import io.lorahub.storage.object.DamagedObjectException;
import io.lorahub.storage.object.NoSuchObjectException;
import io.lorahub.storage.object.ObjectKey;
import io.lorahub.storage.object.ObjectStore;
import io.lorahub.storage.object.StagedFile;
import io.lorahub.storage.upkeep.Scrub;
import io.lorahub.storage.upkeep.Sweep;
import io.lorahub.testsupport.Hub;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.test.common.http.TestHTTPResource;
import io.restassured.response.Response;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.zip.CRC32;
import org.apache.commons.codec.digest.DigestUtils;
import org.jboss.logmanager.ExtLogRecord;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Missing or damaged files in the store are noticed when read, reported, and repaired by the same bytes. */
abstract class StoreFaultsContract {

    private static final String WEIGHTS = "adapter_model.safetensors";

    final ObjectStore store;
    final Blobs blobs;
    private final Hub hub;
    private final PublishedFiles files;
    private final Sweep sweep;
    final Scrub scrub;

    @TestHTTPResource
    URI server;

    @TempDir
    Path folder;

    final byte[] weights = new byte[700_001]; // more than two chunks of a download
    String sha256;
    private Adapter adapter;

    StoreFaultsContract(ObjectStore store, Blobs blobs, Hub hub, PublishedFiles files, Sweep sweep, Scrub scrub) {
        this.store = store;
        this.blobs = blobs;
        this.hub = hub;
        this.files = files;
        this.sweep = sweep;
        this.scrub = scrub;
    }

    @BeforeEach
    void publish() {
        new Random().nextBytes(weights);
        sha256 = DigestUtils.sha256Hex(weights);
        adapter = files.adapter(
                hub.person(Role.MEMBER), Visibility.PUBLIC, Map.of(WEIGHTS, weights, "adapter_config.json", weights));
    }

    @Test
    void a_damaged_file_is_never_sent_whole_and_is_told_from_then_on() {
        damage();

        assertThatThrownBy(() -> fetch(file())).isInstanceOf(IOException.class);
        assertRefused(file());
        assertRefused(zip());
    }

    @Test
    void no_part_of_a_damaged_file_is_sent_although_nobody_has_met_the_damage() throws Exception {
        part(file()).then().statusCode(206);
        damage();

        assertRefused(part(file()));
        assertRefused(part(zip()));
        assertRefused(file());
        send(weights);
        part(file()).then().statusCode(206);
    }

    @Test
    void the_log_has_one_line_about_a_damaged_file_however_often_it_is_asked_for() {
        List<LogRecord> logged = new CopyOnWriteArrayList<>();
        Handler handler = new Handler() {
            @Override
            public void publish(LogRecord log) {
                boolean ofRequest = String.valueOf(log.getLoggerName())
                        .matches("io\\.(lorahub\\.(web|download|storage)|quarkus|vertx)\\..*");
                if (ofRequest && log.getLevel().intValue() >= Level.WARNING.intValue()) logged.add(log);
            }

            @Override
            public void flush() {}

            @Override
            public void close() {}
        };
        Logger root = Logger.getLogger("");
        root.addHandler(handler);
        try {
            damage();
            assertThatThrownBy(() -> fetch(file())).isInstanceOf(IOException.class);
            for (int i = 0; i < 3; i++) {
                assertRefused(file());
                assertRefused(part(file()));
                assertRefused(zip());
            }
        } finally {
            root.removeHandler(handler);
        }

        assertThat(logged)
                .extracting(log -> log instanceof ExtLogRecord styled ? styled.getFormattedMessage() : log.getMessage())
                .singleElement()
                .asString()
                .contains(sha256, "Sending the same bytes again repairs it");
        assertThat(logged).extracting(LogRecord::getThrown).containsOnlyNulls();
    }

    private static Response part(String path) {
        return given().header("Range", "bytes=100-9999").get(path);
    }

    @Test
    void a_damaged_file_breaks_a_zip() throws Exception {
        assertThat(fetch(zip()).length).isGreaterThan(weights.length);
        damage();

        assertThatThrownBy(() -> fetch(zip())).isInstanceOf(IOException.class);
        assertRefused(zip());
    }

    @Test
    void a_deleted_file_is_told() {
        given().head(zip()).then().statusCode(200);
        store.delete(key());

        assertRefused(file());
        assertRefused(zip());
        given().head(file()).then().statusCode(500);
    }

    @Test
    void a_damaged_file_is_not_given_to_the_engine() {
        damage();

        assertThatExceptionOfType(DamagedObjectException.class)
                .isThrownBy(() -> blobs.place(Map.of(WEIGHTS, sha256), folder))
                .satisfies(e -> assertThat(e.sha256()).contains(sha256));
        assertThat(folder).isEmptyDirectory();
        assertRefused(file());
    }

    @Test
    void a_deleted_file_is_named_to_the_engine() {
        store.delete(key());

        assertThatExceptionOfType(NoSuchObjectException.class)
                .isThrownBy(() -> blobs.place(Map.of(WEIGHTS, sha256), folder))
                .satisfies(e -> assertThat(e.sha256()).contains(sha256));
    }

    @Test
    void the_same_bytes_repair_a_damaged_file() throws Exception {
        damage();
        assertThatThrownBy(() -> fetch(file())).isInstanceOf(IOException.class);

        send(weights);

        assertSound();
    }

    @Test
    void the_same_bytes_repair_a_deleted_file() throws Exception {
        store.delete(key());
        assertRefused(file());

        send(weights);

        assertSound();
    }

    @Test
    void damage_that_nobody_has_met_yet_is_repaired_too() throws Exception {
        damage();

        send(weights);

        assertSound();
    }

    @Test
    void the_sweep_sees_that_an_operator_has_brought_a_file_back() throws Exception {
        damage();
        assertThatThrownBy(() -> fetch(file())).isInstanceOf(IOException.class);
        put(weights);
        assertRefused(file());

        sweep.run();

        assertSound();
    }

    @Test
    void the_scrub_finds_damage_that_nobody_would_meet() throws Exception {
        damage();

        scrub();

        assertRefused(part(file()));
        assertThat(damaged()).contains(sha256);
        assertThat(users()).contains("adapter " + adapter.address() + " 1.0.0, " + WEIGHTS);
        send(weights);
        assertThat(damaged()).doesNotContain(sha256);
        assertSound();
    }

    @Test
    void the_scrub_finds_that_a_file_is_gone_and_that_it_is_back() throws Exception {
        store.delete(key());
        scrub();
        assertThat(damaged()).contains(sha256);

        put(weights);
        scrub();

        assertThat(damaged()).doesNotContain(sha256);
        assertSound();
    }

    @Test
    void the_scrub_finds_the_crc32_of_an_old_file() {
        assertThat(crc32()).isNull();

        scrub();

        CRC32 expected = new CRC32();
        expected.update(weights);
        assertThat(crc32()).isEqualTo(expected.getValue());
    }

    /** For all files; one intact file shows that the store is the right one. */
    void scrub() {
        send(new byte[] {1});
        scrub.run(Duration.ZERO, () -> true, bytes -> {});
    }

    private List<String> damaged() {
        return scrub.damaged().stream().map(Scrub.Damaged::sha256).toList();
    }

    private List<String> users() {
        return scrub.damaged().stream()
                .filter(file -> file.sha256().equals(sha256))
                .flatMap(file -> file.users().stream())
                .toList();
    }

    private Long crc32() {
        return QuarkusTransaction.requiringNew().call(() -> Blob.<Blob>findById(sha256).crc32);
    }

    private void assertSound() throws Exception {
        assertThat(fetch(file())).isEqualTo(weights);
        assertThat(fetch(file())).isEqualTo(weights);
        assertThat(fetch(zip()).length).isGreaterThan(weights.length);
        blobs.place(Map.of(WEIGHTS, sha256), folder);
        assertThat(folder.resolve(WEIGHTS)).hasBinaryContent(weights);
    }

    private void assertRefused(String path) {
        assertRefused(given().get(path));
    }

    private static void assertRefused(Response answer) {
        assertThat(answer.statusCode()).isEqualTo(500);
        assertThat(answer.contentType()).isEqualTo("application/problem+json");
        assertThat(answer.jsonPath().getString("detail")).contains("missing or damaged");
    }

    /** Flips a bit without a trace in the database. */
    void damage() {
        byte[] damaged = weights.clone();
        damaged[123_456] ^= 1;
        put(damaged);
    }

    private void put(byte[] content) {
        store.publish(store.stage(new ByteArrayInputStream(content), content.length), key());
    }

    private void send(byte[] content) {
        StagedFile staged = store.stage(new ByteArrayInputStream(content), content.length);
        blobs.publish(List.of(staged)).close();
    }

    private byte[] fetch(String path) throws IOException, InterruptedException {
        return HttpClient.newHttpClient()
                .send(HttpRequest.newBuilder(server.resolve(path)).build(), BodyHandlers.ofByteArray())
                .body();
    }

    String key() {
        return ObjectKey.blob(sha256);
    }

    String file() {
        return version() + "/files/" + WEIGHTS;
    }

    private String zip() {
        return version() + "/zip";
    }

    private String version() {
        return "/api/v1/adapters/" + adapter.address() + "/versions/1.0.0";
    }
}
