package io.lorahub.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lorahub.storage.object.DamagedObjectException;
import io.lorahub.storage.object.NoSuchObjectException;
import io.lorahub.storage.object.ObjectStore;
import io.lorahub.storage.object.StagedFile;
import io.lorahub.testsupport.PostgresResource;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.transaction.InvalidTransactionException;
import jakarta.transaction.TransactionalException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@QuarkusTest
@QuarkusTestResource(PostgresResource.class)
class BlobsTest {

    private final ObjectStore store;
    private final Blobs blobs;
    private final BlobHolds holds;
    private final BlobCondition condition;

    BlobsTest(ObjectStore store, Blobs blobs, BlobHolds holds, BlobCondition condition) {
        this.store = store;
        this.blobs = blobs;
        this.holds = holds;
        this.condition = condition;
    }

    @Test
    void kept_content_is_found_by_its_hash_with_size_and_ranges() throws IOException {
        String sha256 = publish("some weights");

        assertThat(blobs.size(sha256)).isEqualTo(12);
        try (InputStream in = blobs.open(sha256, 5, 3)) {
            assertThat(in).hasContent("wei");
        }
    }

    @Test
    void the_same_content_is_kept_once() {
        String text = UUID.randomUUID().toString();
        publish(text);
        StagedFile again = stage(text);

        blobs.publish(List.of(again)).close();

        assertThat(Blob.count("sha256", again.sha256())).isOne();
        assertThat(store.stat(again.key())).isEmpty();
    }

    @Test
    void large_content_is_published_outside_of_transactions_only() {
        StagedFile staged = stage("nothing refers to it");

        assertThatThrownBy(() -> QuarkusTransaction.requiringNew().run(() -> blobs.publish(List.of(staged))))
                .hasRootCauseInstanceOf(InvalidTransactionException.class);
    }

    @Test
    void small_content_is_kept_in_a_transaction_only() {
        byte[] content = "nothing refers to it".getBytes(StandardCharsets.UTF_8);

        assertThatThrownBy(() -> blobs.publishInTransaction(content)).isInstanceOf(TransactionalException.class);
        assertThatThrownBy(() -> QuarkusTransaction.requiringNew()
                        .run(() -> blobs.publishInTransaction(new byte[(1 << 20) + 1])))
                .isInstanceOf(IllegalArgumentException.class);
        assertThat(QuarkusTransaction.requiringNew().call(() -> blobs.publishInTransaction(content)).size)
                .isEqualTo(content.length);
    }

    /** So that a copy in the store can take longer than a transaction is allowed to. */
    @Test
    void no_transaction_waits_for_the_store() throws IOException {
        AtomicInteger transactions = new AtomicInteger();
        ObjectStore slow = (ObjectStore) Proxy.newProxyInstance(
                ObjectStore.class.getClassLoader(), new Class<?>[] {ObjectStore.class}, (proxy, method, arguments) -> {
                    if (QuarkusTransaction.isActive()) transactions.incrementAndGet();
                    return method.invoke(store, arguments);
                });
        StagedFile staged = stage("a large model " + UUID.randomUUID());

        try (HeldBlobs held = new Blobs(slow, holds, condition).publish(List.of(staged))) {
            assertThat(transactions).hasValue(0);
            try (InputStream in = blobs.open(staged.sha256(), 0, 7)) {
                assertThat(in).hasContent("a large");
            }
        }
    }

    @Test
    void content_is_kept_with_its_crc32() {
        String sha256 = publish("123456789");

        assertThat(QuarkusTransaction.requiringNew().call(() -> Blob.<Blob>findById(sha256).crc32))
                .isEqualTo(0xCBF43926L);
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
        blobs.place(Map.of("a.json", publish("{}"), "b.bin", publish("weights")), folder);

        assertThat(folder.resolve("a.json")).hasContent("{}");
        assertThat(folder.resolve("b.bin")).hasContent("weights");
    }

    @Test
    void a_path_is_no_name_of_a_file(@TempDir Path folder) throws IOException {
        Path inner = Files.createDirectory(folder.resolve("inner"));
        String sha256 = publish("{}");

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

        assertThatThrownBy(() -> new Blobs(far, holds, condition).place(Map.of("weights", "0".repeat(64)), folder))
                .isInstanceOf(DamagedObjectException.class)
                .hasMessageContaining("damaged");
    }

    private String publish(String text) {
        StagedFile staged = stage(text);
        blobs.publish(List.of(staged)).close();
        return staged.sha256();
    }

    private StagedFile stage(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        return store.stage(new ByteArrayInputStream(bytes), bytes.length);
    }
}
