package io.lorahub.admin;

import static org.assertj.core.api.Assertions.assertThat;

import io.lorahub.account.Role;
import io.lorahub.storage.Blobs;
import io.lorahub.storage.HeldBlobs;
import io.lorahub.storage.object.ObjectStore;
import io.lorahub.storage.object.StagedFile;
import io.lorahub.testsupport.DemoOnHub;
import io.lorahub.testsupport.Hub;
import io.lorahub.testsupport.PostgresResource;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.persistence.EntityManager;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

@QuarkusTest
@QuarkusTestResource(PostgresResource.class)
class StorageUseTest {

    private final StorageUse use;
    private final Blobs blobs;
    private final ObjectStore store;
    private final EntityManager database;
    private final Hub hub;
    private final DemoOnHub demo;

    StorageUseTest(StorageUse use, Blobs blobs, ObjectStore store, EntityManager database, Hub hub, DemoOnHub demo) {
        this.use = use;
        this.blobs = blobs;
        this.store = store;
        this.database = database;
        this.hub = hub;
        this.demo = demo;
    }

    @Test
    void files_of_runs_and_tasks_are_not_counted_as_unused() {
        demo.publish(hub.person(Role.MEMBER));
        long unused = bytes("unused, to be removed");
        long ofRuns = bytes("runs");
        StagedFile result = stage("a merged adapter");
        StagedFile made = stage("a full model");
        UUID id = UUID.randomUUID();

        try (HeldBlobs held = blobs.publish(List.of(result, made))) {
            assertThat(bytes("being stored")).isEqualTo(result.size() + made.size());
            QuarkusTransaction.requiringNew().run(() -> {
                execute("insert into composition_run (id, visitor, title, base_model_id, spec, budget)" + " select '"
                        + id + "', 'v', 't', max(id), '{}', 1 from base_model");
                execute("insert into composition_file values ('" + id + "', 'a', '" + result.sha256() + "')");
                execute("insert into worker_task (id, visitor, question, expires_at)" + " values ('" + id
                        + "', 'v', '{}', now())");
                execute("insert into worker_task_file values ('" + id + "', 'm', '" + made.sha256() + "')");
            });
        }

        assertThat(bytes("runs")).isEqualTo(ofRuns + result.size() + made.size());
        assertThat(bytes("unused, to be removed")).isEqualTo(unused);
        QuarkusTransaction.requiringNew().run(() -> {
            execute("delete from composition_run where id = '" + id + "'");
            execute("delete from worker_task where id = '" + id + "'");
        });
    }

    private void execute(String sql) {
        database.createNativeQuery(sql).executeUpdate();
    }

    private long bytes(String label) {
        return QuarkusTransaction.requiringNew()
                .call(() -> use.rows().stream()
                        .filter(row -> row.label().equals(label))
                        .mapToLong(StorageUse.Row::bytes)
                        .sum());
    }

    /** A text that was never stored before. */
    private StagedFile stage(String text) {
        byte[] bytes = (text + UUID.randomUUID()).getBytes(StandardCharsets.UTF_8);
        return store.stage(new ByteArrayInputStream(bytes), bytes.length);
    }
}
