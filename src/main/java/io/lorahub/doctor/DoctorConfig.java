package io.lorahub.doctor;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;

/** Where and how uploads are checked. */
@ConfigMapping(prefix = "lorahub.doctor")
public interface DoctorConfig {

    /** Whether this process checks uploads. */
    @WithDefault("true")
    boolean enabled();

    /** Uploads at a time; each may take as much memory as its largest tensors. */
    @WithDefault("2")
    int threads();

    /** How often to look for an upload to check. */
    @WithDefault("PT0.25S")
    Duration poll();

    /** How often a check shows that it lives; after four times of silence another process begins it anew. */
    @WithDefault("PT2S")
    Duration beat();
}
