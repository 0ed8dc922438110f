package io.lorahub.storage.object;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.lorahub.testsupport.hostile.GeneratedInput;
import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.commons.codec.digest.DigestUtils;
import org.apache.commons.io.IOUtils;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Reading an object: all of it, a part, its size and time. */
interface ReadingContract extends StoreUnderTest {

    @Test
    default void published_bytes_are_read_back() throws IOException {
        StagedFile staged = stage("hello");

        store().publish(staged, KEY);

        assertThat(staged.size()).isEqualTo(5);
        assertThat(staged.sha256()).isEqualTo(DigestUtils.sha256Hex("hello"));
        assertThat(staged.complete()).isTrue();
        assertThat(read(KEY)).isEqualTo("hello");
        assertThat(keys("")).containsExactly(KEY);
    }

    @Test
    default void publishing_replaces_what_has_the_key_already() throws IOException {
        publish("damaged", KEY);
        StagedFile staged = stage("sound");

        assertThat(store().publish(staged, KEY)).isTrue();
        assertThat(store().publish(staged, KEY)).isFalse();

        assertThat(read(KEY)).isEqualTo("sound");
        assertThat(keys("")).containsExactly(KEY);
    }

    @Test
    default void a_published_object_tells_its_size_and_its_time() {
        publish("hello", KEY);

        StoredObject object = store().stat(KEY).orElseThrow();

        assertThat(object.key()).isEqualTo(KEY);
        assertThat(object.size()).isEqualTo(5);
        assertThat(object.lastModified()).isCloseTo(Instant.now(), within(1, ChronoUnit.HOURS));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 1 << 18, (1 << 18) + 1, PART_BYTES - 1, PART_BYTES, PART_BYTES + 1, 4 * PART_BYTES})
    default void an_object_of_any_size_is_read_back(int size) throws IOException {
        StagedFile staged = store().stage(new GeneratedInput(size), NO_LIMIT);
        store().publish(staged, staged.blobKey());

        assertThat(staged.size()).isEqualTo(size);
        assertThat(staged.sha256()).isEqualTo(DigestUtils.sha256Hex(new GeneratedInput(size)));
        try (InputStream in = store().open(staged.blobKey())) {
            assertThat(IOUtils.contentEquals(in, new GeneratedInput(size))).isTrue();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "0, 5, hello",
        "0, 0, ''",
        "6, 5, world",
        "3, 4, lo w",
        "6, 100, world",
        "10, 1, d",
        "11, 1, ''",
        "100, 1, ''",
        "6, 9223372036854775807, world",
        "9223372036854775807, 1, ''"
    })
    default void a_range_is_read(long offset, long length, String expected) throws IOException {
        publish("hello world", KEY);

        try (InputStream in = store().open(KEY, offset, length)) {
            assertThat(in).hasContent(expected);
        }
    }

    @Test
    default void a_range_of_an_empty_object_is_empty() throws IOException {
        publish("", KEY);

        try (InputStream in = store().open(KEY, 0, 10)) {
            assertThat(in).isEmpty();
        }
    }

    @Test
    default void a_negative_range_is_refused() {
        publish("hello", KEY);

        assertThatIllegalArgumentException().isThrownBy(() -> store().open(KEY, -1, 1));
        assertThatIllegalArgumentException().isThrownBy(() -> store().open(KEY, 0, -1));
    }

    @Test
    default void a_large_object_takes_no_more_memory_than_a_few_parts() throws IOException {
        long size = 64 << 20;
        long before = heap();
        AtomicLong during = new AtomicLong();

        StagedFile staged = store().stage(new GeneratedInput(size, size - 1, () -> during.set(heap())), NO_LIMIT);
        store().publish(staged, KEY);

        assertThat(during.get() - before).isLessThan(size / 2);
        try (InputStream in = store().open(KEY)) {
            assertThat(IOUtils.contentEquals(in, new GeneratedInput(size))).isTrue();
        }
    }

    /** Bytes in use that cannot be collected. */
    private static long heap() {
        System.gc();
        Runtime runtime = Runtime.getRuntime();
        return runtime.totalMemory() - runtime.freeMemory();
    }
}
