package io.lorahub.bench.process;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lorahub.bench.report.BenchOutput;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** Samples the memory of a process and measures the time, until it is closed. */
public final class MemoryWatch implements AutoCloseable {

    private static final long SAMPLE_MILLIS = 20;

    private final long pid;
    private final long start = System.nanoTime();
    private final ScheduledExecutorService sampler = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "memory-watch");
        thread.setDaemon(true);
        return thread;
    });
    private volatile long own;
    private volatile long resident;

    /** Of this process. */
    public MemoryWatch() {
        this(ProcessHandle.current().pid());
    }

    /** @param pid of a process of ours; on systems other than Linux only the time is measured */
    public MemoryWatch(long pid) {
        this.pid = pid;
        ProcessMemory.resetPeak(pid);
        sampler.scheduleAtFixedRate(this::sample, 0, SAMPLE_MILLIS, TimeUnit.MILLISECONDS);
    }

    private void sample() {
        ProcessMemory.of(pid).ifPresent(memory -> {
            own = Math.max(own, memory.anonymous());
            resident = Math.max(resident, memory.peak());
        });
    }

    /** The most memory of its own so far, in bytes. */
    public long ownPeak() {
        sample();
        return own;
    }

    /** Seconds since the beginning, the most memory of its own, and the most resident memory with mapped files. */
    public ObjectNode measured() {
        return BenchOutput.JSON
                .createObjectNode()
                .put("seconds", (System.nanoTime() - start) / 1e9)
                .put("own_peak_bytes", own)
                .put("resident_peak_bytes", resident);
    }

    @Override
    public void close() {
        sampler.shutdownNow();
    }
}
