package io.lorahub.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import io.lorahub.storage.directory.DirectoryStore;
import io.lorahub.storage.object.DamagedObjectException;
import io.lorahub.storage.object.NoSuchObjectException;
import io.lorahub.storage.object.ObjectKey;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.apache.commons.codec.digest.DigestUtils;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PartVerificationTest {

    private static final byte[] CONTENT = "content".getBytes(StandardCharsets.UTF_8);
    private static final String SHA256 = DigestUtils.sha256Hex(CONTENT);
    private static final String KEY = ObjectKey.blob(SHA256);

    @TempDir
    Path folder;

    private final List<Boolean> verdicts = new CopyOnWriteArrayList<>();
    private final CountDownLatch mayRead = new CountDownLatch(1);
    private DirectoryStore store;

    @BeforeEach
    void store() {
        store = new DirectoryStore(folder);
    }

    private PartVerification reading(long atOnce) {
        return new PartVerification(store, this::read, atOnce);
    }

    private void read(String sha256, long size) throws IOException {
        try (InputStream in = store.open(ObjectKey.blob(sha256))) {
            boolean sound = DigestUtils.sha256Hex(in).equals(sha256);
            verdicts.add(sound);
            if (!sound) throw new DamagedObjectException(ObjectKey.blob(sha256));
        }
    }

    private void put(String content, int modified) throws IOException {
        byte[] bytes = content.getBytes(StandardCharsets.UTF_8);
        store.publish(store.stage(new ByteArrayInputStream(bytes), bytes.length), KEY);
        Files.setLastModifiedTime(
                store.localPath(KEY).orElseThrow(), FileTime.fromMillis(1_700_000_000_000L + modified));
    }

    @Test
    void an_object_is_read_once_until_it_is_modified() throws IOException {
        PartVerification parts = reading(CONTENT.length);
        put("content", 0);
        parts.verify(SHA256, CONTENT.length);
        parts.verify(SHA256, CONTENT.length);
        assertThat(verdicts).containsExactly(true);

        put("cOntent", 1);
        for (int request = 0; request < 2; request++) {
            assertThatExceptionOfType(DamagedObjectException.class)
                    .isThrownBy(() -> parts.verify(SHA256, CONTENT.length));
        }
        put("content", 2);
        parts.verify(SHA256, CONTENT.length);
        assertThat(verdicts).containsExactly(true, false, false, true);
    }

    @Test
    void a_large_object_is_read_once_in_the_background() throws IOException {
        PartVerification parts = new PartVerification(
                store,
                (sha256, size) -> {
                    awaitPermission();
                    read(sha256, size);
                },
                CONTENT.length - 1);
        put("cOntent", 0);

        for (int request = 0; request < 3; request++) parts.verify(SHA256, CONTENT.length);
        assertThat(verdicts).isEmpty();
        mayRead.countDown();

        await().until(() -> !verdicts.isEmpty());
        assertThat(verdicts).containsExactly(false);
    }

    private void awaitPermission() throws IOException {
        try {
            mayRead.await();
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }

    @Test
    void a_missing_object_is_told() {
        assertThatExceptionOfType(NoSuchObjectException.class)
                .isThrownBy(() -> reading(CONTENT.length).verify(SHA256, CONTENT.length));
    }
}
