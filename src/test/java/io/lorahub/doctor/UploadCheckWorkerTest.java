package io.lorahub.doctor;

import static io.lorahub.testsupport.AdapterBuilder.anAdapter;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.lorahub.account.Person;
import io.lorahub.account.Role;
import io.lorahub.storage.Blobs;
import io.lorahub.storage.DatabaseClock;
import io.lorahub.storage.object.NoSuchObjectException;
import io.lorahub.storage.object.ObjectKey;
import io.lorahub.storage.object.ObjectStore;
import io.lorahub.storage.object.StagedFile;
import io.lorahub.storage.object.StorageException;
import io.lorahub.testsupport.AsBrowser;
import io.lorahub.testsupport.Hub;
import io.lorahub.testsupport.PostgresResource;
import io.lorahub.testsupport.UploadForm;
import io.lorahub.upload.Upload;
import io.lorahub.upload.UploadState;
import io.lorahub.upload.check.UploadChecks;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.runtime.configuration.MemorySize;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.jsoup.Jsoup;
import org.jsoup.nodes.Document;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Checks that do not go through at once. The hub's own doctor is off; a test starts another where it needs one. */
@QuarkusTest
@QuarkusTestResource(PostgresResource.class)
class UploadCheckWorkerTest {

    private record Quick(
            boolean enabled,
            int threads,
            Duration poll,
            Duration beat,
            MemorySize memory,
            Duration deadline,
            MemorySize bytesPerSecond)
            implements UploadCheckConfig {

        static Quick with(long memory, Duration deadline) {
            return new Quick(
                    true,
                    1,
                    Duration.ofMillis(50),
                    Duration.ofMillis(200),
                    new MemorySize(BigInteger.valueOf(memory)),
                    deadline,
                    new MemorySize(BigInteger.valueOf(1 << 20)));
        }
    }

    private static final Quick QUICK = Quick.with(512 << 20, Duration.ofMinutes(2));
    private static final AtomicInteger SEED = new AtomicInteger(77_000);

    private final Hub hub;
    private final UploadCheck examination;
    private final UploadChecks checks;
    private final ObjectStore store;
    private final Blobs blobs;
    private final BaseModelHeaders models;
    private final DataSource database;
    private final DatabaseClock clock;

    @TempDir
    Path dir;

    private String session;
    private Path folder;
    private String page;
    private UUID upload;
    private UploadCheckWorker doctor;

    UploadCheckWorkerTest(
            Hub hub,
            UploadCheck examination,
            UploadChecks checks,
            ObjectStore store,
            Blobs blobs,
            BaseModelHeaders models,
            DataSource database,
            DatabaseClock clock) {
        this.hub = hub;
        this.examination = examination;
        this.checks = checks;
        this.store = store;
        this.blobs = blobs;
        this.models = models;
        this.database = database;
        this.clock = clock;
    }

    /** An upload with weights that no other has, waiting for its checks. */
    @BeforeEach
    void send() {
        doctor = new UploadCheckWorker(QUICK, database, clock, examination);
        QuarkusTransaction.requiringNew().run(() -> sql("delete from upload_check_queue"));
        Person person = hub.person(Role.MEMBER);
        session = hub.session(person);
        folder = anAdapter().seeded(SEED.incrementAndGet()).ofShape(20, 30).in(dir, "own");
        page = UploadForm.send(session, folder);
        upload = UUID.fromString(page.substring("/uploads/".length()));
    }

    @AfterEach
    void stop() {
        doctor.stop(null);
    }

    @Test
    void a_check_that_a_dead_process_left_is_taken_up_by_another() {
        assertThat(checks.begin(upload)).isPresent();
        QuarkusTransaction.requiringNew()
                .run(() -> assertThat(sql("update upload_check_queue set picked = true, picked_by = 'killed',"
                                + " last_heartbeat = now() - interval '1 minute'"))
                        .isOne());

        doctor.start(null);

        await().until(() -> stored().getState() == UploadState.PASSED);
        assertThat(stored().checkTries).isEqualTo(2);
        await().until(() -> waiting() == 0);
    }

    @Test
    void a_check_that_broke_off_is_begun_anew_until_it_goes_through() {
        byte[] kept = loseWeights();
        doctor.start(null);
        await().until(() -> stored().checkTries == 1);

        putBack(kept);

        await().until(() -> stored().getState() == UploadState.PASSED);
        assertThat(stored().checkTries).isGreaterThan(1);
    }

    @Test
    void a_check_that_breaks_off_every_time_ends_as_a_failure_with_its_reason() {
        byte[] kept = loseWeights();
        for (int tries = 1; tries <= UploadChecks.MAX_TRIES; tries++) {
            assertThatThrownBy(() -> examination.of(upload)).isInstanceOf(NoSuchObjectException.class);
            assertThat(stored().getState()).as("after %d tries", tries).isEqualTo(UploadState.CHECKING);
        }

        doctor.start(null);

        await().until(() -> stored().getState() == UploadState.FAILED);
        assertThat(stored().checkTries).isEqualTo(UploadChecks.MAX_TRIES);
        await().until(() -> waiting() == 0);
        assertThat(page().select("#doctor .notice").text())
                .contains(
                        "The checks could not be done.",
                        "The checks broke off 5 times.",
                        "adapter_model.safetensors is missing from the hub's store; send it again.");
        assertThat(page().select("button[aria-disabled=true]").text()).isEqualTo("Publish");

        putBack(kept);
        assertThat(AsBrowser.given(session).post(page + "/checks").statusCode()).isEqualTo(303);
        await().until(() -> stored().getState() == UploadState.PASSED);
        assertThat(page().select("#doctor .notice")).isEmpty();
    }

    @Test
    void damaged_weights_are_named_as_the_hubs_fault() {
        byte[] kept = loseWeights();
        byte[] damaged = kept.clone();
        damaged[damaged.length - 2] ^= 1;
        putInstead(damaged, ObjectKey.blob(stored().hashes().get("adapter_model.safetensors")));
        for (int tries = 1; tries <= UploadChecks.MAX_TRIES; tries++) {
            assertThatThrownBy(() -> examination.of(upload)).isInstanceOf(StorageException.class);
        }

        examination.of(upload);

        assertThat(stored().getState()).isEqualTo(UploadState.FAILED);
        assertThat(stored().failure)
                .contains("The stored copy of adapter_model.safetensors is damaged; send it again.");
    }

    @Test
    void a_check_that_the_end_of_the_hub_breaks_off_is_no_try() {
        CheckProcesses ended = new CheckProcesses(QUICK);
        ended.stop(null);
        UploadCheck last = new UploadCheck(checks, blobs, store, models, ended, QUICK);

        assertThatThrownBy(() -> last.of(upload)).isInstanceOf(CheckAbortedException.class);

        assertThat(stored().checkTries).isZero();
        assertThat(stored().getState()).isEqualTo(UploadState.CHECKING);
    }

    @Test
    void files_that_need_more_memory_than_a_check_may_have_are_given_up() {
        Path large =
                anAdapter().seeded(SEED.incrementAndGet()).ofShape(3_000_000, 2).in(dir, "large");
        upload = UUID.fromString(UploadForm.send(session, large).substring("/uploads/".length()));
        UploadCheck small = examination(Quick.with(24 << 20, Duration.ofMinutes(2)));

        assertThatThrownBy(() -> small.of(upload)).isInstanceOf(CheckAbortedException.class);
        assertThat(stored().getState()).isEqualTo(UploadState.CHECKING);
        small.of(upload);

        assertThat(stored().getState()).isEqualTo(UploadState.FAILED);
        assertThat(stored().failure).startsWith("Checking these files takes more than 25 MB of memory");
    }

    @Test
    void files_that_need_more_time_than_a_check_may_take_are_given_up() {
        UploadCheck hasty = examination(Quick.with(512 << 20, Duration.ofMillis(1)));

        assertThatThrownBy(() -> hasty.of(upload)).isInstanceOf(CheckAbortedException.class);
        hasty.of(upload);

        assertThat(stored().getState()).isEqualTo(UploadState.FAILED);
        assertThat(stored().failure).startsWith("Checking these files takes longer than 0 seconds");
        assertThat(Jsoup.parse(AsBrowser.given(session)
                                .get("/uploads/" + upload)
                                .asString())
                        .select("#doctor .notice")
                        .text())
                .contains("Save the adapter again with save_pretrained");
    }

    private UploadCheck examination(Quick config) {
        return new UploadCheck(checks, blobs, store, models, new CheckProcesses(config), config);
    }

    @Test
    void a_member_with_many_uploads_does_not_keep_others_waiting() {
        for (int i = 0; i < 3; i++) UploadForm.send(session, weights("more-" + i));
        String other = hub.session(hub.person(Role.MEMBER));
        String theirs = UploadForm.send(other, weights("theirs"));

        List<String> order = QuarkusTransaction.requiringNew()
                .call(() -> Upload.getEntityManager()
                        .createNativeQuery(
                                "select task_instance from upload_check_queue order by priority desc, execution_time",
                                String.class)
                        .getResultList());

        assertThat(order).hasSize(5);
        assertThat(order.get(0)).startsWith(upload.toString());
        assertThat(order.get(1)).startsWith(theirs.substring("/uploads/".length()));
        doctor.start(null);
        await().until(() -> waiting() == 0);
    }

    private Path weights(String name) {
        return anAdapter().seeded(SEED.incrementAndGet()).ofShape(20, 30).in(dir, name);
    }

    @Test
    void all_checks_that_there_will_be_are_listed_before_they_begin() {
        List<String> pending = names(stored().findings);
        assertThat(page().select("#doctor .finding h3").eachText()).contains(BaseModelCheck.TITLE);

        examination.of(upload);

        assertThat(names(stored().findings)).isEqualTo(pending);
    }

    private static List<String> names(JsonNode findings) {
        return findings.findValuesAsText("id");
    }

    private byte[] loseWeights() {
        String key = ObjectKey.blob(stored().hashes().get("adapter_model.safetensors"));
        try (InputStream in = store.open(key)) {
            byte[] bytes = in.readAllBytes();
            store.delete(key);
            return bytes;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void putBack(byte[] weights) {
        StagedFile staged = store.stage(new ByteArrayInputStream(weights), weights.length);
        store.publish(staged, staged.blobKey());
    }

    private void putInstead(byte[] weights, String key) {
        store.publish(store.stage(new ByteArrayInputStream(weights), weights.length), key);
    }

    private Document page() {
        return Jsoup.parse(AsBrowser.given(session).get(page).asString());
    }

    private Upload stored() {
        return QuarkusTransaction.requiringNew().call(() -> {
            Upload found = Upload.findById(upload);
            found.files.size();
            return found;
        });
    }

    private static long waiting() {
        return QuarkusTransaction.requiringNew().call(() -> (Long) Upload.getEntityManager()
                .createNativeQuery("select count(*) from upload_check_queue", Long.class)
                .getSingleResult());
    }

    private static int sql(String text) {
        return Upload.getEntityManager().createNativeQuery(text).executeUpdate();
    }
}
