package io.lorahub.storage.upkeep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lorahub.account.Person;
import io.lorahub.account.Role;
import io.lorahub.storage.Blob;
import io.lorahub.storage.BlobHolds;
import io.lorahub.storage.Blobs;
import io.lorahub.storage.DatabaseClock;
import io.lorahub.storage.HeldBlobs;
import io.lorahub.storage.SweepConfig;
import io.lorahub.storage.directory.DirectoryStore;
import io.lorahub.storage.object.ObjectKey;
import io.lorahub.storage.object.ObjectStore;
import io.lorahub.storage.object.StagedFile;
import io.lorahub.storage.object.StorageException;
import io.lorahub.storage.object.StoredObject;
import io.lorahub.testsupport.Hub;
import io.lorahub.testsupport.PostgresResource;
import io.lorahub.upload.FileKind;
import io.lorahub.upload.Upload;
import io.lorahub.upload.UploadFile;
import io.lorahub.upload.UploadPart;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.enterprise.event.Event;
import jakarta.persistence.EntityManager;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.sql.DataSource;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@QuarkusTest
@QuarkusTestResource(PostgresResource.class)
class SweepTest {

    private final Hub hub;
    private final ObjectStore store;
    private final Blobs blobs;
    private final References references;
    private final EntityManager database;
    private final BlobHolds holds;
    private final Scrub scrub;
    private final Event<SweepBegins> begins;
    private final DataSource source;
    private final DatabaseClock clock;

    /** Treats everything as old. */
    private Sweep sweep;

    private Person person;

    SweepTest(
            Hub hub,
            ObjectStore store,
            Blobs blobs,
            References references,
            EntityManager database,
            BlobHolds holds,
            Scrub scrub,
            Event<SweepBegins> begins,
            DataSource source,
            DatabaseClock clock) {
        this.clock = clock;
        this.source = source;
        this.scrub = scrub;
        this.begins = begins;
        this.holds = holds;
        this.hub = hub;
        this.store = store;
        this.blobs = blobs;
        this.references = references;
        this.database = database;
    }

    @BeforeEach
    void begin() {
        // With a clock behind the database's, files stored just now would be too new.
        sweep = sweep(Duration.ofSeconds(-60));
        person = hub.person(Role.MEMBER);
        sweep.run();
    }

    @Test
    void while_a_backup_is_made_blobs_stay() throws SQLException {
        StagedFile unused = stage("named by a dump");
        blobs.publish(List.of(unused)).close();
        try (Connection backup = source.getConnection();
                Statement statement = backup.createStatement()) {
            statement.execute("select pg_advisory_lock(%d)".formatted(Sweep.LOCK));
            sweep.run();
            sweep.drop(List.of(unused.sha256()));
            assertThat(store.stat(unused.blobKey())).isPresent();
            statement.execute("select pg_advisory_unlock(%d)".formatted(Sweep.LOCK));
        }
        assertThat(sweep.run().blobs()).isEqualTo(1);
        assertThat(store.stat(unused.blobKey())).isEmpty();
    }

    @Test
    void unreferenced_files_are_deleted_and_used_ones_stay() {
        StagedFile unused = stage("unused");
        StagedFile used = stage("used");
        blobs.publish(List.of(unused)).close();
        publishForUpload(used);

        assertThat(sweep.run()).isEqualTo(new SweepResult(1, 0, unused.size()));

        assertThat(store.stat(unused.blobKey())).isEmpty();
        assertThat(blobs.size(used.sha256())).isEqualTo(used.size());
        assertThat(store.stat(used.blobKey())).isPresent();
    }

    @Test
    void new_files_stay_although_nothing_refers_to_them_yet() {
        StagedFile fresh = stage("fresh");
        blobs.publish(List.of(fresh)).close();
        StagedFile staged = stage("staged");

        assertThat(sweep(Duration.ofHours(1)).run()).isEqualTo(SweepResult.NOTHING);

        assertThat(store.stat(fresh.blobKey())).isPresent();
        assertThat(store.stat(staged.key())).isPresent();
    }

    @Test
    void published_files_stay_until_the_transaction_ends() {
        StagedFile held = stage("held");
        try (HeldBlobs holding = blobs.publish(List.of(held))) {
            assertThat(sweep.run()).isEqualTo(SweepResult.NOTHING);
            assertThat(store.stat(held.blobKey())).isPresent();
        }

        assertThat(sweep.run()).isEqualTo(new SweepResult(1, 0, held.size()));
    }

    @Test
    void an_object_whose_transaction_did_not_end_is_found_and_removed() {
        publishForUpload(stage("known"));
        StagedFile orphan = stage("orphan");
        store.publish(orphan, orphan.blobKey());

        assertThat(sweep.run()).isEqualTo(new SweepResult(1, 0, orphan.size()));

        assertThat(store.stat(orphan.blobKey())).isEmpty();
    }

    @Test
    void nothing_is_deleted_from_the_store_of_another_hub(@TempDir Path folder) {
        DirectoryStore another = new DirectoryStore(folder);
        byte[] bytes = "theirs".getBytes(StandardCharsets.UTF_8);
        StagedFile theirs = another.stage(new ByteArrayInputStream(bytes), bytes.length);
        another.publish(theirs, theirs.blobKey());
        StagedFile upload = another.stage(new ByteArrayInputStream(bytes), bytes.length);
        Sweep misled = sweep(another, Duration.ofSeconds(-60), Duration.ofSeconds(-60));

        assertThatThrownBy(misled::run)
                .isInstanceOf(StorageException.class)
                .hasMessageContaining("not the store of the hub");

        assertThat(another.stat(theirs.blobKey())).isPresent();
        assertThat(another.stat(upload.key())).isPresent();
        assertThat(Blob.<Blob>findByIdOptional(theirs.sha256())).isEmpty();
    }

    @Test
    void parts_of_an_open_upload_stay_in_staging_and_others_go() {
        StagedFile part = stage("part");
        StagedFile left = stage("left from a crash");
        QuarkusTransaction.requiringNew().run(() -> {
            UploadFile file = file();
            file.parts.add(part(file, part));
        });

        assertThat(sweep.run()).isEqualTo(new SweepResult(0, 1, left.size()));

        assertThat(store.stat(part.key())).isPresent();
    }

    @Test
    void dropping_removes_what_is_unused_at_once() {
        StagedFile used = stage("used");
        StagedFile unused = stage("unused");
        publishForUpload(used);
        blobs.publish(List.of(unused)).close();

        assertThat(sweep.drop(List.of(used.sha256(), unused.sha256()))).isEqualTo(new SweepResult(1, 0, unused.size()));
    }

    @Test
    void content_that_is_kept_again_and_again_during_sweeps_is_never_lost() throws Exception {
        byte[] content = UUID.randomUUID().toString().getBytes(StandardCharsets.UTF_8);
        AtomicBoolean done = new AtomicBoolean();
        Sweep ofBlobs = sweep(Duration.ofSeconds(-60), Duration.ofHours(1));
        ExecutorService threads = Executors.newFixedThreadPool(5);
        try {
            Future<?> sweeping = threads.submit(() -> {
                while (!done.get()) ofBlobs.run();
            });
            List<Future<Integer>> keeping = new ArrayList<>();
            for (int i = 0; i < 4; i++) keeping.add(threads.submit(() -> publishAndForget(content, 40)));
            int lost = 0;
            for (Future<Integer> each : keeping) lost += each.get();
            done.set(true);
            sweeping.get();
            assertThat(lost).isZero();
        } finally {
            done.set(true);
            threads.shutdown();
        }
        sweep.run();
        assertThat(store.list(ObjectKey.BLOBS).map(StoredObject::size)).doesNotContain((long) content.length);
    }

    /** How often the object was missing while something referred to it. */
    private int publishAndForget(byte[] content, int times) {
        int lost = 0;
        for (int i = 0; i < times; i++) {
            StagedFile staged = store.stage(new ByteArrayInputStream(content), content.length);
            UUID upload = publishForUpload(staged);
            if (store.stat(staged.blobKey()).isEmpty()) lost++;
            QuarkusTransaction.requiringNew().run(() -> Upload.deleteById(upload));
        }
        return lost;
    }

    private UUID publishForUpload(StagedFile staged) {
        try (HeldBlobs held = blobs.publish(List.of(staged))) {
            return QuarkusTransaction.requiringNew().call(() -> {
                UploadFile file = file();
                file.sha256 = staged.sha256();
                return file.upload.id;
            });
        }
    }

    private UploadFile file() {
        UploadFile file = new UploadFile();
        file.upload = new Upload();
        file.upload.person = person;
        file.name = "adapter_model.safetensors";
        file.kind = FileKind.KEPT;
        file.upload.files.add(file);
        file.upload.persist();
        return file;
    }

    private static UploadPart part(UploadFile file, StagedFile staged) {
        UploadPart part = new UploadPart();
        part.file = file;
        part.size = staged.size();
        part.objectKey = staged.key();
        part.sha256 = staged.sha256();
        return part;
    }

    /** A text that was never stored before. */
    private StagedFile stage(String text) {
        byte[] bytes = (text + UUID.randomUUID()).getBytes(StandardCharsets.UTF_8);
        return store.stage(new ByteArrayInputStream(bytes), bytes.length);
    }

    private Sweep sweep(Duration age) {
        return sweep(age, age);
    }

    private Sweep sweep(Duration grace, Duration staging) {
        return sweep(store, grace, staging);
    }

    private Sweep sweep(ObjectStore store, Duration grace, Duration staging) {
        SweepConfig config = new SweepConfig() {
            @Override
            public Duration grace() {
                return grace;
            }

            @Override
            public Duration staging() {
                return staging;
            }
        };
        return new Sweep(store, references, config, database, holds, scrub, begins, clock);
    }
}
