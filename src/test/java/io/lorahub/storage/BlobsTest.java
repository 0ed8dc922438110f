package io.lorahub.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lorahub.testsupport.PostgresResource;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.persistence.EntityManager;
import jakarta.transaction.TransactionalException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@QuarkusTest
@QuarkusTestResource(PostgresResource.class)
class BlobsTest {

    private final ObjectStore store;
    private final Blobs blobs;
    private final EntityManager database;

    BlobsTest(ObjectStore store, Blobs blobs, EntityManager database) {
        this.store = store;
        this.blobs = blobs;
        this.database = database;
    }

    @Test
    void kept_content_is_found_by_its_hash_with_size_and_ranges() throws IOException {
        Blob blob = keep("some weights");

        assertThat(blobs.size(blob.sha256)).isEqualTo(12);
        try (InputStream in = blobs.open(blob.sha256, 5, 3)) {
            assertThat(in).hasContent("wei");
        }
    }

    @Test
    void the_same_content_is_kept_once() {
        String text = UUID.randomUUID().toString();
        keep(text);
        Staged again = stage(text);

        QuarkusTransaction.requiringNew().run(() -> blobs.keep(again));

        assertThat(Blob.count("sha256", again.sha256())).isOne();
        assertThat(store.stat(again.key())).isEmpty();
    }

    @Test
    void a_store_without_the_files_of_the_database_is_told(@TempDir Path folder) {
        keep("in the database and in its store");
        Blobs elsewhere = new Blobs(new DirectoryStore(folder), database);

        QuarkusTransaction.requiringNew().run(blobs::requireStoreOfDatabase);
        assertThatThrownBy(() -> QuarkusTransaction.requiringNew().run(elsewhere::requireStoreOfDatabase))
                .isInstanceOf(StorageException.class)
                .hasMessageContaining("not the store of the hub");
    }

    @Test
    void content_is_kept_in_a_transaction_only() {
        Staged staged = stage("nothing refers to it");

        assertThatThrownBy(() -> blobs.keep(staged)).isInstanceOf(TransactionalException.class);
    }

    @Test
    void unknown_content_is_refused_by_its_hash() {
        String unknown = "0".repeat(64);

        assertThatThrownBy(() -> blobs.size(unknown))
                .isInstanceOf(NoSuchObjectException.class)
                .hasMessageContaining(unknown);
    }

    @Test
    void kept_content_becomes_files_of_a_folder(@TempDir Path folder) throws IOException {
        blobs.place(Map.of("a.json", keep("{}").sha256, "b.bin", keep("weights").sha256), folder);

        assertThat(folder.resolve("a.json")).hasContent("{}");
        assertThat(folder.resolve("b.bin")).hasContent("weights");
    }

    @Test
    void a_path_is_no_name_of_a_file(@TempDir Path folder) throws IOException {
        Path inner = Files.createDirectory(folder.resolve("inner"));
        String sha256 = keep("{}").sha256;

        assertThatThrownBy(() -> blobs.place(Map.of("../out.json", sha256), inner))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("../out.json");
        assertThat(folder.resolve("out.json")).doesNotExist();
    }

    @Test
    void a_damaged_object_is_refused_when_it_is_copied(@TempDir Path folder) {
        ObjectStore far = (ObjectStore) Proxy.newProxyInstance(
                ObjectStore.class.getClassLoader(),
                new Class<?>[] {ObjectStore.class},
                (proxy, method, arguments) -> method.getName().equals("open")
                        ? new ByteArrayInputStream("damaged".getBytes(StandardCharsets.UTF_8))
                        : Optional.empty());

        assertThatThrownBy(() -> new Blobs(far, null).place(Map.of("weights", "0".repeat(64)), folder))
                .isInstanceOf(DamagedObjectException.class)
                .hasMessageContaining("damaged");
    }

    private Blob keep(String text) {
        Staged staged = stage(text);
        return QuarkusTransaction.requiringNew().call(() -> blobs.keep(staged));
    }

    private Staged stage(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        return store.stage(new ByteArrayInputStream(bytes), bytes.length);
    }
}
