package io.lorahub.composition;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;

@ConfigMapping(prefix = "lorahub.worker")
public interface WorkerConfig {

    /** Whether this process takes runs; the web process of a small hub does. */
    @WithDefault("true")
    boolean enabled();

    /** How it is called on the admin page; by default the host's name with the process id. */
    Optional<String> name();

    /** Runs at a time. */
    @WithDefault("1")
    int slots();

    /** "cpu", "gpu" or "gpu:N"; by default the first GPU that libtorch finds, else the CPU. */
    Optional<String> device();

    /** Of libtorch; 0 for one for each core, or a single one for a small model. */
    @WithDefault("0")
    int threads();

    /** Where files of runs are kept between them. */
    @WithDefault("${java.io.tmpdir}/lorahub-worker")
    Path cache();

    /** Bytes that the kept files may have; the ones that were not used for longest go. */
    @WithDefault("20000000000")
    long cacheSize();

    /** Whether libtorch is loaded at the start, and not only by the first run: for a process that does nothing else. */
    @WithDefault("false")
    boolean warm();

    /**
     * For base models and runs, in bytes; by default three quarters of what the machine, or the container, has. A run that
     * needs more is refused before it starts.
     */
    OptionalLong memory();

    /** How often to look for a run, when no one says that there is one. */
    @WithDefault("PT0.25S")
    Duration poll();

    /** How often a worker shows that it lives; after four times of silence others take its runs. */
    @WithDefault("PT2S")
    Duration beat();
}
