package io.lorahub.uploadcheck;

import static io.lorahub.testsupport.ModelBuilder.aModel;
import static org.assertj.core.api.Assertions.assertThat;

import io.lorahub.engine.model.BaseModel;
import io.lorahub.storage.Blobs;
import io.lorahub.storage.object.ObjectKey;
import io.lorahub.storage.object.ObjectStore;
import io.lorahub.storage.object.StagedFile;
import io.lorahub.testsupport.PostgresResource;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.persistence.EntityManager;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@QuarkusTest
@QuarkusTestResource(PostgresResource.class)
class CheckFolderTest {

    private final Blobs blobs;
    private final ObjectStore store;
    private final EntityManager database;

    @TempDir
    Path dir;

    CheckFolderTest(Blobs blobs, ObjectStore store, EntityManager database) {
        this.blobs = blobs;
        this.store = store;
        this.database = database;
    }

    @Test
    void of_a_models_weights_only_the_header_is_read() throws Exception {
        Path model = aModel().in(dir, "base");
        Path file = model.resolve("model.safetensors");
        Map<String, String> files =
                Map.of("model.safetensors", stored(file), "config.json", stored(model.resolve("config.json")));

        try (CheckFolder folder = CheckFolder.ofHeaders(files, blobs);
                BaseModel base = BaseModel.open(folder.path())) {
            Path header = folder.path().resolve("model.safetensors");
            assertThat(base.weights().info("shared.weight").shape()).containsExactly(12, 6);
            assertThat(Files.size(header)).isEqualTo(Files.size(file));
            byte[] bytes = Files.readAllBytes(header);
            assertThat(bytes[bytes.length - 1]).isZero();
        }
    }

    private String stored(Path file) throws Exception {
        try (InputStream in = Files.newInputStream(file)) {
            StagedFile staged = store.stage(in, Long.MAX_VALUE);
            store.publish(staged, ObjectKey.blob(staged.sha256()));
            QuarkusTransaction.requiringNew()
                    .run(() -> database.createNativeQuery(
                                    "insert into blob (sha256, size) values (?1, ?2) on conflict do nothing")
                            .setParameter(1, staged.sha256())
                            .setParameter(2, staged.size())
                            .executeUpdate());
            return staged.sha256();
        }
    }
}
