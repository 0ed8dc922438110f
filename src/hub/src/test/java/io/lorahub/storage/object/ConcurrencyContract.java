package io.lorahub.storage.object;

import static org.assertj.core.api.Assertions.assertThat;

import io.lorahub.testsupport.hostile.GeneratedInput;
import java.io.InputStream;
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
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Many at a time. */
interface ConcurrencyContract extends StoreUnderTest {

    @Test
    @Timeout(120)
    default void many_publish_under_one_key_at_the_same_time() throws Exception {
        int count = 8;
        CyclicBarrier together = new CyclicBarrier(count);

        atOnce(IntStream.range(0, count)
                .<Callable<Void>>mapToObj(i -> () -> {
                    StagedFile staged = stage("from " + i);
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
    default void many_publish_one_staged_file_at_the_same_time() throws Exception {
        int count = 8;
        StagedFile staged = stage("hello");
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
    default void slow_inputs_hold_up_nobody_and_fill_no_memory() throws Exception {
        int count = 40;
        CountDownLatch allWait = new CountDownLatch(count);
        CountDownLatch goOn = new CountDownLatch(1);
        ExecutorService threads = Executors.newFixedThreadPool(count);
        List<Future<StagedFile>> slow = new ArrayList<>();
        long before = usedMemory();
        for (int i = 0; i < count; i++) {
            InputStream in = new GeneratedInput(PART_BYTES + 10, PART_BYTES - 5, () -> {
                allWait.countDown();
                await(goOn);
            });
            slow.add(threads.submit(() -> store().stage(in, NO_LIMIT)));
        }
        try {
            allWait.await();
            assertThat(usedMemory() - before)
                    .as("bytes for %d parts of %,d that have not arrived yet", count, PART_BYTES)
                    .isLessThan((long) count * PART_BYTES / 4);

            publish("hello", KEY);
            assertThat(read(KEY)).isEqualTo("hello");

            goOn.countDown();
            for (Future<StagedFile> upload : slow)
                assertThat(upload.get().complete()).isTrue();
        } finally {
            threads.shutdownNow();
        }
    }

    private static long usedMemory() {
        System.gc();
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }

    private static void atOnce(List<Callable<Void>> tasks) throws InterruptedException, ExecutionException {
        ExecutorService threads = Executors.newFixedThreadPool(tasks.size());
        try {
            for (Future<Void> task : threads.invokeAll(tasks)) task.get();
        } finally {
            threads.shutdownNow();
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            if (!latch.await(60, TimeUnit.SECONDS)) throw new IllegalStateException("nobody went on");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
