package io.lorahub.storage.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.lorahub.storage.object.ObjectStore;
import io.lorahub.storage.object.ObjectStoreContract;
import io.lorahub.storage.object.StorageException;
import io.lorahub.storage.object.StoredObject;
import io.lorahub.testsupport.hostile.GeneratedInput;
import io.lorahub.testsupport.server.S3Server;
import io.lorahub.testsupport.server.ServerProcess;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.UUID;
import org.apache.commons.io.IOUtils;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every S3 server does for us. */
abstract class S3StoreContract extends ObjectStoreContract {

    private S3Settings settings;
    private ObjectStore store;

    abstract S3Server server();

    @BeforeEach
    void open() {
        settings = settings(server().endpoint(), "test-" + UUID.randomUUID(), server().secretKey());
        store = open(settings);
    }

    @Override
    public ObjectStore store() {
        return store;
    }

    @Test
    void another_process_finds_the_bucket_and_everything_in_it_again() throws IOException {
        publish("hello", "notes/hello.txt");

        assertThat(open(settings).list("").map(StoredObject::key)).containsExactly("notes/hello.txt");
    }

    @Test
    void a_very_large_object_is_copied_in_parts() throws IOException {
        long size = 2L * PART_BYTES + 12_345;
        store.publish(store.stage(new GeneratedInput(size), size), "large.bin");

        try (InputStream in = store.open("large.bin")) {
            assertThat(IOUtils.contentEquals(in, new GeneratedInput(size))).isTrue();
        }
        assertThat(keys("")).containsExactly("large.bin");
    }

    @Test
    void there_is_no_local_file() {
        publish("hello", "notes/hello.txt");

        assertThat(store.localPath("notes/hello.txt")).isEmpty();
    }

    @Test
    void a_wrong_key_is_told_and_not_shown() {
        S3Settings wrong = settings(server().endpoint(), settings.bucket(), "not-the-secret");

        assertThatExceptionOfType(StorageException.class)
                .isThrownBy(() -> open(wrong))
                .withMessageContaining("LORAHUB_STORAGE_S3_ACCESS_KEY")
                .withMessageContaining(settings.bucket())
                .satisfies(e -> assertThat(e.getMessage()).doesNotContain("not-the-secret"));
    }

    @Test
    void a_server_that_is_not_there_is_told() {
        String nobody = "http://127.0.0.1:" + ServerProcess.freePort();

        assertThatExceptionOfType(StorageException.class)
                .isThrownBy(() -> open(settings(nobody, "test", "secret")))
                .withMessageContaining(nobody)
                .withMessageContaining("cannot be reached");
    }

    private S3Settings settings(String endpoint, String bucket, String secretKey) {
        return new S3Settings(endpoint, bucket, server().accessKey(), secretKey, "us-east-1", Duration.ofSeconds(60));
    }

    private static ObjectStore open(S3Settings settings) {
        return new S3Store(settings, PART_BYTES, PART_BYTES);
    }
}
