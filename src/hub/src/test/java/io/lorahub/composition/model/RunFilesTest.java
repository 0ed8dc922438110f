package io.lorahub.composition.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

class RunFilesTest {

    private static final int SIZE = 1000;

    @TempDir
    Path folder;

    private final AtomicInteger fetched = new AtomicInteger();
    private Path cache;
    private RunFiles files;
    private long spare;

    @BeforeEach
    void open() {
        cache = folder.resolve("cache");
        files = files(2 * SIZE);
    }

    private RunFiles files(long limit) {
        return new RunFiles(cache, this::place, limit, () -> spare);
    }

    @Test
    void files_that_were_damaged_in_the_cache_are_fetched_again() {
        RunFiles checked = new RunFiles(cache, new Source(), 2 * SIZE, () -> 0);
        checked.with(stored("a"), opened -> {
            try {
                return Files.writeString(opened.resolve("weights"), "damaged");
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });

        assertThat(checked.with(stored("a"), RunFilesTest::first)).isEqualTo("a");
        assertThat(checked.with(stored("a"), RunFilesTest::first)).isEqualTo("a");

        assertThat(fetched).hasValue(2);
    }

    private class Source implements RunFiles.Source {

        @Override
        public void place(Map<String, String> hashes, Path target) throws IOException {
            RunFilesTest.this.place(hashes, target);
        }

        @Override
        public boolean areSound(Map<String, String> hashes, Path placed) throws IOException {
            return Files.readString(placed.resolve("weights")).startsWith(hashes.get("weights"));
        }
    }

    /** A file filled with one letter, which stands for its hash. */
    private void place(Map<String, String> hashes, Path target) throws IOException {
        fetched.incrementAndGet();
        Files.writeString(target.resolve("weights"), hashes.get("weights").repeat(SIZE));
    }

    private static Map<String, String> stored(String letter) {
        return Map.of("weights", letter);
    }

    private static String first(Path opened) {
        try {
            return Files.readString(opened.resolve("weights")).substring(0, 1);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private boolean has(Map<String, String> hashes) {
        return Files.isDirectory(cache.resolve(RunFiles.key(hashes)));
    }

    /** Folders that were used in this order, a second apart, long ago. */
    private void used(List<Map<String, String>> order) throws IOException {
        for (int i = 0; i < order.size(); i++) {
            files.with(order.get(i), RunFilesTest::first);
            Files.setLastModifiedTime(
                    cache.resolve(RunFiles.key(order.get(i))), FileTime.from(Instant.ofEpochSecond(1_000 + i)));
        }
    }

    @Test
    void fetched_files_are_not_requested_again() {
        Map<String, String> a = stored("a");
        files.with(a, RunFilesTest::first);

        assertThat(files.with(a, RunFilesTest::first)).isEqualTo("a");
        assertThat(files(SIZE).with(a, RunFilesTest::first))
                .as("by another process")
                .isEqualTo("a");
        assertThat(fetched).hasValue(1);
    }

    @Test
    void files_that_would_leave_too_little_space_are_not_fetched_until_there_is_room() {
        Map<String, String> a = stored("a");
        files.with(a, RunFilesTest::first);
        spare = 1L << 62;

        assertThatThrownBy(() -> files.with(stored("b"), RunFilesTest::first))
                .isInstanceOfSatisfying(NoRoomException.class, lack -> {
                    assertThat(lack.isOver()).isFalse();
                    assertThat(lack.clause()).matches("[\\d.]+ \\S+ free on its disk, but [\\d.]+ \\S+ are needed");
                });
        assertThat(files.with(a, RunFilesTest::first))
                .as("nothing is removed in vain")
                .isEqualTo("a");
        assertThat(fetched).hasValue(1);
        spare = 0;
        assertThat(files.with(stored("b"), RunFilesTest::first)).isEqualTo("b");
    }

    @Test
    void a_disk_that_is_full_before_the_files_are_there_is_recognised() {
        RunFiles full = new RunFiles(
                cache,
                (hashes, target) -> {
                    Files.write(target.resolve("weights"), new byte[10]);
                    throw new IOException("No space left on device");
                },
                SIZE,
                () -> 0);

        assertThatThrownBy(() -> full.with(stored("a"), RunFilesTest::first))
                .isInstanceOfSatisfying(NoRoomException.class, lack -> {
                    assertThat(lack.isOver()).as("it would be full again").isFalse();
                    assertThat(lack.clause()).endsWith("can't write there (because of a quota, or too many files)");
                });
        assertThat(cache).as("nothing is left").isDirectoryNotContaining(Files::isDirectory);
    }

    @Test
    void other_files_make_room() throws IOException {
        Map<String, String> a = stored("a");
        Map<String, String> b = stored("b");
        used(List.of(a, b));
        CacheLimit limit = new CacheLimit(cache, 2 * SIZE);

        limit.setAsideAtLeast(2 * SIZE + 1);
        limit.clear();
        assertThat(has(a)).as("it would not help").isTrue();

        limit.setAsideAtLeast(1);
        limit.clear();
        assertThat(has(a)).isFalse();
        assertThat(has(b)).isTrue();
    }

    @Test
    void the_second_caller_uses_the_first_ones_files() {
        Map<String, String> a = stored("a");
        RunFiles slow = new RunFiles(
                cache,
                (hashes, target) -> {
                    place(hashes, target);
                    files.with(hashes, RunFilesTest::first);
                },
                SIZE,
                () -> 0);

        assertThat(slow.with(a, RunFilesTest::first)).isEqualTo("a");
        assertThat(fetched).hasValue(2);
    }

    @Test
    void the_least_recently_used_files_are_removed_first() throws IOException {
        Map<String, String> a = stored("a");
        Map<String, String> b = stored("b");
        used(List.of(a, b));
        files.with(a, RunFilesTest::first); // used again
        files.with(stored("c"), RunFilesTest::first);

        assertThat(has(a)).isTrue();
        assertThat(has(b)).isFalse();
        try (Stream<Path> all = Files.list(cache).filter(Files::isDirectory)) {
            assertThat(all).hasSize(2);
        }
        assertThat(files.with(b, RunFilesTest::first)).as("fetched again").isEqualTo("b");
    }

    @Test
    void one_that_is_larger_than_the_limit_can_be_used_all_the_same() {
        assertThat(files(1).with(stored("a"), RunFilesTest::first)).isEqualTo("a");
    }

    @Test
    void a_folder_that_is_being_opened_is_not_taken_away() throws Exception {
        Map<String, String> a = stored("a");
        Map<String, String> b = stored("b");
        RunFiles other = files(1);
        CountDownLatch opening = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        ExecutorService thread = Executors.newSingleThreadExecutor();
        try {
            Future<String> opened = thread.submit(() -> files.with(a, path -> {
                opening.countDown();
                await(go);
                return first(path);
            }));
            opening.await();
            assertThat(other.with(b, RunFilesTest::first)).isEqualTo("b");
            assertThat(has(a)).as("while it is open").isTrue();
            go.countDown();
            assertThat(opened.get()).isEqualTo("a");

            assertThat(other.with(stored("c"), RunFilesTest::first)).isEqualTo("c");
            assertThat(has(a)).as("at the next fetch").isFalse();
        } finally {
            go.countDown();
            thread.shutdownNow();
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    @Timeout(value = 30, unit = TimeUnit.SECONDS)
    void a_slow_reader_does_not_hold_up_others() throws Exception {
        CountDownLatch opening = new CountDownLatch(1);
        CountDownLatch enough = new CountDownLatch(1);
        Thread large = new Thread(() -> files.with(stored("a"), opened -> {
            opening.countDown();
            try {
                enough.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            return opened;
        }));
        large.start();
        opening.await();

        assertThat(files.with(stored("b"), RunFilesTest::first)).isEqualTo("b");

        enough.countDown();
        large.join();
    }
}
