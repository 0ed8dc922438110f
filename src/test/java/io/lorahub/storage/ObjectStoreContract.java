package io.lorahub.storage;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.within;

import io.lorahub.testsupport.GeneratedInput;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.apache.commons.codec.digest.DigestUtils;
import org.apache.commons.io.IOUtils;
import org.apache.commons.io.input.BrokenInputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What every object store does. */
abstract class ObjectStoreContract {

    /** The parts in which the stores under test send and copy to S3; the least that S3 allows. */
    static final int PART_BYTES = 5 << 20;

    private static final long NO_LIMIT = 1L << 40;
    private static final String KEY = "notes/hello.txt";

    private final ExecutorService threads = Executors.newCachedThreadPool();

    /** The same empty store during one test. */
    abstract ObjectStore store();

    @AfterEach
    void end_threads() {
        threads.shutdownNow();
    }

    @Test
    void what_is_published_is_read_back() throws IOException {
        Staged staged = stage("hello");

        store().publish(staged, KEY);

        assertThat(staged.size()).isEqualTo(5);
        assertThat(staged.sha256()).isEqualTo(DigestUtils.sha256Hex("hello"));
        assertThat(staged.complete()).isTrue();
        assertThat(read(KEY)).isEqualTo("hello");
        assertThat(keys("")).containsExactly(KEY);
    }

    @Test
    void a_published_object_tells_its_size_and_its_time() {
        publish("hello", KEY);

        StoredObject found = store().stat(KEY).orElseThrow();

        assertThat(found.key()).isEqualTo(KEY);
        assertThat(found.size()).isEqualTo(5);
        assertThat(found.lastModified()).isCloseTo(Instant.now(), within(1, ChronoUnit.HOURS));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 1 << 18, (1 << 18) + 1, PART_BYTES - 1, PART_BYTES, PART_BYTES + 1, 4 * PART_BYTES})
    void an_object_of_any_size_is_read_back(int size) throws IOException {
        Staged staged = store().stage(new GeneratedInput(size), NO_LIMIT);
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
    void a_range_is_read(long offset, long length, String expected) throws IOException {
        publish("hello world", KEY);

        try (InputStream in = store().open(KEY, offset, length)) {
            assertThat(in).hasContent(expected);
        }
    }

    @Test
    void a_range_of_an_empty_object_is_empty() throws IOException {
        publish("", KEY);

        try (InputStream in = store().open(KEY, 0, 10)) {
            assertThat(in).isEmpty();
        }
    }

    @Test
    void a_negative_range_is_refused() {
        publish("hello", KEY);

        assertThatIllegalArgumentException().isThrownBy(() -> store().open(KEY, -1, 1));
        assertThatIllegalArgumentException().isThrownBy(() -> store().open(KEY, 0, -1));
    }

    @Test
    void a_large_object_takes_no_more_memory_than_a_few_parts() throws IOException {
        long size = 64 << 20;
        long before = heap();
        AtomicLong during = new AtomicLong();

        Staged staged = store().stage(new GeneratedInput(size, size - 1, () -> during.set(heap())), NO_LIMIT);
        store().publish(staged, KEY);

        assertThat(during.get() - before).isLessThan(size / 2);
        try (InputStream in = store().open(KEY)) {
            assertThat(IOUtils.contentEquals(in, new GeneratedInput(size))).isTrue();
        }
    }

    @Test
    void the_same_content_is_kept_once() {
        Staged first = stage("hello");
        Staged second = stage("hello");

        store().publish(first, first.blobKey());
        store().publish(second, second.blobKey());

        assertThat(keys("")).containsExactly(first.blobKey());
    }

    @Test
    void what_is_published_is_not_overwritten() throws IOException {
        publish("first", KEY);

        publish("second", KEY);

        assertThat(read(KEY)).isEqualTo("first");
        assertThat(keys(ObjectKey.STAGING)).isEmpty();
    }

    @Test
    void publishing_twice_is_as_good_as_once() throws IOException {
        Staged staged = stage("hello");

        store().publish(staged, KEY);
        store().publish(staged, KEY);

        assertThat(read(KEY)).isEqualTo("hello");
    }

    @Test
    void what_is_not_staged_any_more_is_not_published() {
        Staged staged = stage("hello");
        store().delete(staged.key());

        assertThatExceptionOfType(NoSuchObjectException.class)
                .isThrownBy(() -> store().publish(staged, KEY))
                .withMessageContaining(staged.key());
        assertThat(store().stat(KEY)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 5, PART_BYTES + 7})
    void a_broken_input_is_kept_and_can_be_continued(int arrived) throws IOException {
        Staged part = store().stage(broken(arrived), NO_LIMIT);

        assertThat(part.complete()).isFalse();
        assertThat(part.size()).isEqualTo(arrived);
        assertThat(part.sha256()).isEqualTo(DigestUtils.sha256Hex(new GeneratedInput(arrived)));
        try (InputStream in = store().open(part.key())) {
            Staged whole = store().stage(new SequenceInputStream(in, text(" and the rest")), NO_LIMIT);
            assertThat(whole.complete()).isTrue();
            assertThat(whole.size()).isEqualTo(arrived + 13);
        }
    }

    @Test
    void a_broken_input_is_not_published() {
        Staged part = store().stage(broken(5), NO_LIMIT);

        assertThatIllegalArgumentException()
                .isThrownBy(() -> store().publish(part, KEY))
                .withMessageContaining("first 5 bytes");
        assertThat(store().stat(KEY)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 5, PART_BYTES, 3 * PART_BYTES})
    void too_large_an_input_is_refused_and_leaves_nothing(int maxBytes) {
        assertThatExceptionOfType(TooLargeException.class)
                .isThrownBy(() -> store().stage(new GeneratedInput(maxBytes + 1), maxBytes))
                .satisfies(e -> assertThat(e.maxBytes()).isEqualTo(maxBytes));
        assertThat(keys("")).isEmpty();
    }

    @Test
    void an_input_may_be_as_large_as_allowed() {
        assertThat(store().stage(text("hello"), 5).complete()).isTrue();
    }

    @Test
    void a_failure_of_the_program_while_it_reads_leaves_nothing() {
        InputStream in = new GeneratedInput(3L * PART_BYTES, 2L * PART_BYTES + 1, () -> {
            throw new IllegalStateException("a fault");
        });

        assertThatIllegalStateException()
                .isThrownBy(() -> store().stage(in, NO_LIMIT))
                .withMessage("a fault");
        assertThat(keys("")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "/",
                "/etc/passwd",
                "../secret",
                "notes/../../secret",
                "notes/..",
                "./notes",
                "notes//hello",
                "notes/",
                ".hidden",
                "notes/.hidden",
                "Notes/hello",
                "notes\\hello",
                "C:/notes",
                "notes/hello world",
                "notes/héllo",
                "notes/hello\u0000.txt",
                "notes/hello\n",
                "notes/hello?x=1",
                "notes/%2e%2e/secret"
            })
    void a_hostile_key_is_refused(String key) {
        Staged staged = stage("hello");

        assertThatIllegalArgumentException().isThrownBy(() -> store().publish(staged, key));
        assertThatIllegalArgumentException().isThrownBy(() -> store().open(key));
        assertThatIllegalArgumentException().isThrownBy(() -> store().stat(key));
        assertThatIllegalArgumentException().isThrownBy(() -> store().localPath(key));
        assertThatIllegalArgumentException().isThrownBy(() -> store().delete(key));
        assertThat(keys("")).containsExactly(staged.key());
    }

    @Test
    void a_long_key_is_refused() {
        assertThatIllegalArgumentException().isThrownBy(() -> store().stat("a".repeat(201)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"/", "../", "notes/../", "notes/.", ".", "Notes"})
    void a_hostile_prefix_is_refused(String prefix) {
        assertThatIllegalArgumentException().isThrownBy(() -> store().list(prefix));
    }

    @Test
    void objects_are_listed_by_prefix() {
        publish("1", "notes/a.txt");
        publish("22", "notes/ab/c.txt");
        publish("333", "note.txt");
        publish("4", "other/a.txt");

        assertThat(store().list("notes/").map(StoredObject::size)).containsExactlyInAnyOrder(1L, 2L);
        assertThat(keys("notes/a")).containsExactlyInAnyOrder("notes/a.txt", "notes/ab/c.txt");
        assertThat(keys("note")).containsExactlyInAnyOrder("note.txt", "notes/a.txt", "notes/ab/c.txt");
        assertThat(keys("")).hasSize(4);
        assertThat(keys("nothing/")).isEmpty();
        assertThat(keys("note.txt")).containsExactly("note.txt");
    }

    @Test
    void a_file_that_a_crash_left_in_staging_is_listed_and_can_be_deleted() {
        Staged left = stage("hello");

        StoredObject found = store().list(ObjectKey.STAGING).findFirst().orElseThrow();
        assertThat(found.key()).isEqualTo(left.key());
        assertThat(found.size()).isEqualTo(5);
        assertThat(found.lastModified()).isCloseTo(Instant.now(), within(1, ChronoUnit.HOURS));

        store().delete(found.key());
        assertThat(keys("")).isEmpty();
    }

    @Test
    void deleting_is_idempotent() {
        publish("hello", KEY);

        store().delete(KEY);
        store().delete(KEY);
        store().delete("never/was.txt");

        assertThat(store().stat(KEY)).isEmpty();
        assertThatExceptionOfType(NoSuchObjectException.class)
                .isThrownBy(() -> store().open(KEY))
                .withMessageContaining(KEY);
        assertThatExceptionOfType(NoSuchObjectException.class).isThrownBy(() -> store().open(KEY, 0, 0));
    }

    @Test
    void a_folder_is_no_object() {
        publish("hello", KEY);

        store().delete("notes");

        assertThat(store().stat("notes")).isEmpty();
        assertThatExceptionOfType(NoSuchObjectException.class).isThrownBy(() -> store().open("notes"));
        assertThat(keys("")).containsExactly(KEY);
    }

    @Test
    @Timeout(120)
    void many_publish_under_one_key_at_the_same_time() throws Exception {
        int count = 8;
        CyclicBarrier together = new CyclicBarrier(count);

        atOnce(IntStream.range(0, count)
                .<Callable<Void>>mapToObj(i -> () -> {
                    Staged staged = stage("from " + i);
                    together.await();
                    store().publish(staged, KEY);
                    assertThat(read(KEY)).matches("from [0-7]");
                    return null;
                })
                .toList());

        assertThat(keys("")).containsExactly(KEY);
    }

    @Test
    @Timeout(120)
    void many_publish_one_staged_file_at_the_same_time() throws Exception {
        int count = 8;
        Staged staged = stage("hello");
        CyclicBarrier together = new CyclicBarrier(count);

        atOnce(IntStream.range(0, count)
                .<Callable<Void>>mapToObj(i -> () -> {
                    together.await();
                    store().publish(staged, KEY);
                    assertThat(read(KEY)).isEqualTo("hello");
                    return null;
                })
                .toList());

        assertThat(keys("")).containsExactly(KEY);
    }

    @Test
    @Timeout(120)
    void slow_inputs_hold_up_nobody() throws Exception {
        int count = 12;
        CountDownLatch allWait = new CountDownLatch(count);
        CountDownLatch goOn = new CountDownLatch(1);
        List<Future<Staged>> slow = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            InputStream in = new GeneratedInput(PART_BYTES + 10, PART_BYTES + 5, () -> {
                allWait.countDown();
                await(goOn);
            });
            slow.add(threads.submit(() -> store().stage(in, NO_LIMIT)));
        }
        allWait.await();

        publish("hello", KEY);
        assertThat(read(KEY)).isEqualTo("hello");

        goOn.countDown();
        for (Future<Staged> upload : slow) assertThat(upload.get().complete()).isTrue();
    }

    @Test
    void a_sound_store_passes_its_check_and_nothing_stays_of_it() {
        assertThatCode(() -> store().check()).doesNotThrowAnyException();
        assertThat(keys("")).isEmpty();
    }

    final Staged stage(String text) {
        return store().stage(text(text), NO_LIMIT);
    }

    final void publish(String text, String key) {
        store().publish(stage(text), key);
    }

    final String read(String key) throws IOException {
        try (InputStream in = store().open(key)) {
            return IOUtils.toString(in, UTF_8);
        }
    }

    final List<String> keys(String prefix) {
        return store().list(prefix).map(StoredObject::key).toList();
    }

    private void atOnce(List<Callable<Void>> tasks) throws InterruptedException, ExecutionException {
        for (Future<Void> task : threads.invokeAll(tasks)) task.get();
    }

    private static InputStream text(String text) {
        return new ByteArrayInputStream(text.getBytes(UTF_8));
    }

    private static InputStream broken(int arrived) {
        return new SequenceInputStream(
                new GeneratedInput(arrived), new BrokenInputStream(new IOException("the connection is lost")));
    }

    private static void await(CountDownLatch latch) {
        try {
            if (!latch.await(60, TimeUnit.SECONDS)) throw new IllegalStateException("nobody went on");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** Bytes in use that cannot be collected. */
    private static long heap() {
        System.gc();
        Runtime runtime = Runtime.getRuntime();
        return runtime.totalMemory() - runtime.freeMemory();
    }
}
