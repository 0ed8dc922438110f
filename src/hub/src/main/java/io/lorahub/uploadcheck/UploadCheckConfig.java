package io.lorahub.uploadcheck;

import io.quarkus.runtime.configuration.MemorySize;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;

/** Where and how uploads and base models are checked. */
@ConfigMapping(prefix = "lorahub.checks")
public interface UploadCheckConfig {

    /** Whether this process checks uploads. */
    @WithDefault("true")
    boolean enabled();

    /**
     * Whether this process checks base models, one at a time, unless its checks are off altogether. Each takes the memory
     * that its model takes in runs.
     */
    @WithDefault("${lorahub.worker.enabled:true}")
    boolean baseModels();

    /** Number of uploads and base models checked at a time, each by its own process. */
    @WithDefault("2")
    int threads();

    /** How often to look for an upload to check. */
    @WithDefault("PT0.25S")
    Duration poll();

    /** How often a check sends a heartbeat; after four missed heartbeats another process restarts it. */
    @WithDefault("PT2S")
    Duration heartbeat();

    /**
     * Memory for one check: this much for objects, and as much again for buffers. Files that need more are refused.
     */
    @WithDefault("512M")
    MemorySize memory();

    /**
     * Processor time for one check, in addition to the time for reading its files. Files that need more are refused. A check
     * that hangs is ended after ten times as long.
     */
    @WithDefault("2m")
    Duration deadline();

    /** Assumed reading speed, used to calculate the time for reading the files. */
    @WithDefault("5M")
    MemorySize bytesPerSecond();
}
