package io.lorahub.doctor;

import io.quarkus.runtime.configuration.MemorySize;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;

/** Where and how uploads are checked. */
@ConfigMapping(prefix = "lorahub.doctor")
public interface UploadCheckConfig {

    /** Whether this process checks uploads. */
    @WithDefault("true")
    boolean enabled();

    /** Uploads at a time; each is checked by a process of its own. */
    @WithDefault("2")
    int threads();

    /** How often to look for an upload to check. */
    @WithDefault("PT0.25S")
    Duration poll();

    /** How often a check shows that it lives; after four times of silence another process begins it anew. */
    @WithDefault("PT2S")
    Duration beat();

    /** Memory for one check: for objects, and as much again for buffers. Files that need more are refused. */
    @WithDefault("512M")
    MemorySize memory();

    /** How long one check may take, beside the time for reading its files. Files that need more are refused. */
    @WithDefault("2m")
    Duration deadline();

    /** What the time for reading the files is counted with. */
    @WithDefault("5M")
    MemorySize bytesPerSecond();
}
