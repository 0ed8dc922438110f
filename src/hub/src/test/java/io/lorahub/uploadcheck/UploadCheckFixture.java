package io.lorahub.uploadcheck;

import static io.lorahub.testsupport.AdapterBuilder.anAdapter;

import io.lorahub.account.Person;
import io.lorahub.account.Role;
import io.lorahub.childprocess.ChildProcesses;
import io.lorahub.job.Jobs;
import io.lorahub.storage.Blobs;
import io.lorahub.storage.object.ObjectKey;
import io.lorahub.storage.object.ObjectStore;
import io.lorahub.testsupport.AsBrowser;
import io.lorahub.testsupport.Hub;
import io.lorahub.testsupport.UploadForm;
import io.lorahub.upload.Upload;
import io.lorahub.upload.check.UploadChecks;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.runtime.configuration.MemorySize;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.nio.file.Path;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.jsoup.Jsoup;
import org.jsoup.nodes.Document;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** An upload that waits for its checks, and what does them. */
abstract class UploadCheckFixture {

    record Quick(
            boolean enabled,
            boolean baseModels,
            int threads,
            Duration poll,
            Duration heartbeat,
            MemorySize memory,
            Duration deadline,
            MemorySize bytesPerSecond)
            implements UploadCheckConfig {

        static Quick with(long memory, Duration deadline) {
            return new Quick(
                    true,
                    true,
                    1,
                    Duration.ofMillis(50),
                    Duration.ofMillis(200),
                    new MemorySize(BigInteger.valueOf(memory)),
                    deadline,
                    new MemorySize(BigInteger.valueOf(1 << 20)));
        }
    }

    static final Quick QUICK = Quick.with(512 << 20, Duration.ofMinutes(2));
    static final AtomicInteger SEED = new AtomicInteger(77_000);

    private final UploadCheckParts parts;
    Hub hub;
    UploadCheck examination;
    UploadChecks checks;
    ObjectStore store;
    Blobs blobs;
    BaseModelHeaders models;
    Jobs jobs;

    @TempDir
    Path dir;

    String session;
    Path folder;
    String page;
    UUID upload;
    UploadCheckWorker worker;

    UploadCheckFixture(UploadCheckParts parts) {
        this.parts = parts;
    }

    /** An upload with weights that no other has, waiting for its checks. */
    @BeforeEach
    void send() {
        // Quarkus wants constructors of tests to store what they get, and nothing else
        hub = parts.hub;
        examination = parts.examination;
        checks = parts.checks;
        store = parts.store;
        blobs = parts.blobs;
        models = parts.models;
        jobs = parts.jobs;
        worker = new UploadCheckWorker(QUICK, jobs);
        QuarkusTransaction.requiringNew().run(() -> sql("delete from upload_check_queue"));
        Person person = hub.person(Role.MEMBER);
        session = hub.session(person);
        folder = anAdapter().seeded(SEED.incrementAndGet()).ofShape(20, 30).in(dir, "own");
        page = UploadForm.send(session, folder);
        upload = UUID.fromString(page.substring("/uploads/".length()));
    }

    @AfterEach
    void stop() {
        worker.stop(null);
    }

    UploadCheck examination(Quick config) {
        return new UploadCheck(checks, blobs, store, models, new ChildProcesses(), config);
    }

    Path weights(String name) {
        return anAdapter().seeded(SEED.incrementAndGet()).ofShape(20, 30).in(dir, name);
    }

    byte[] loseWeights() {
        String key = ObjectKey.blob(stored().hashes().get("adapter_model.safetensors"));
        try (InputStream in = store.open(key)) {
            byte[] bytes = in.readAllBytes();
            store.delete(key);
            return bytes;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Document page() {
        return Jsoup.parse(AsBrowser.given(session).get(page).asString());
    }

    Upload stored() {
        return QuarkusTransaction.requiringNew().call(() -> {
            Upload loaded = Upload.findById(upload);
            loaded.files.size();
            return loaded;
        });
    }

    static long waiting() {
        return QuarkusTransaction.requiringNew().call(() -> (Long) Upload.getEntityManager()
                .createNativeQuery("select count(*) from upload_check_queue", Long.class)
                .getSingleResult());
    }

    static int sql(String text) {
        return Upload.getEntityManager().createNativeQuery(text).executeUpdate();
    }
}
