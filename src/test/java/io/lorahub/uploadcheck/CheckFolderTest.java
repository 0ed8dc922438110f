package io.lorahub.uploadcheck;

import static org.assertj.core.api.Assertions.assertThat;

import io.lorahub.engine.safetensors.SafetensorsWriter;
import io.lorahub.engine.safetensors.TensorData;
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
import java.util.Arrays;
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
        float[] numbers = new float[1_000_000];
        Arrays.fill(numbers, 7);
        Path file = dir.resolve("model.safetensors");
        SafetensorsWriter.write(file, Map.of("shared.weight", TensorData.of(numbers, 1_000, 1_000)), Map.of());
        String sha256 = stored(file);

        try (CheckFolder folder = CheckFolder.ofHeaders(Map.of("model.safetensors", sha256), blobs)) {
            Path header = folder.path().resolve("model.safetensors");
            assertThat(BaseShapes.read(folder.path()).info("shared.weight").shape())
                    .containsExactly(1_000, 1_000);
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
