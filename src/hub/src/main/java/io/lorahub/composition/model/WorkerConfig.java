package io.lorahub.composition.model;

import io.lorahub.settings.Accepts;
import io.quarkus.runtime.configuration.MemorySize;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;

@ConfigMapping(prefix = "lorahub.worker")
public interface WorkerConfig {

    /** Whether this process takes runs, as the web process of a small hub does. */
    @WithDefault("true")
    boolean enabled();

    /** Name on the admin page; by default the host's name with the process id. */
    Optional<String> name();

    /** Number of simultaneous runs. */
    @WithDefault("1")
    int slots();

    /** "cpu", "gpu" or "gpu:N"; by default the first GPU that libtorch finds, else the CPU. */
    @Accepts(pattern = "cpu|gpu(:\\d+)?", words = "cpu, gpu or gpu:N")
    Optional<String> device();

    /** Number of libtorch threads; 0 for one per core, or a single one for a small model. */
    @Accepts(least = 0)
    @WithDefault("0")
    int threads();

    /** Folder where files of runs are kept for reuse. */
    @WithDefault("${java.io.tmpdir}/lorahub-worker")
    Path cache();

    /** Maximum size of the kept files in bytes; the least recently used ones are removed. */
    @WithDefault("20000000000")
    long cacheSize();

    /** A worker takes no run whose files would leave less than this on the disk of {@link #cache}. */
    @WithDefault("500M")
    MemorySize freeSpace();

    /** Whether to load libtorch at startup rather than for the first run; meant for a dedicated worker process. */
    @WithDefault("false")
    boolean warm();

    /**
     * Memory for base models and runs, in bytes; by default three quarters of the machine's or container's memory. A
     * run that needs more is refused before it starts.
     */
    OptionalLong memory();

    /** How often to look for a run if no notification arrives. */
    @WithDefault("PT0.25S")
    Duration poll();

    /** Interval between a worker's heartbeats; after four missed ones, others take its runs. */
    @WithDefault("PT2S")
    Duration heartbeat();
}
