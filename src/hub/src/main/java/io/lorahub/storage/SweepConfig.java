package io.lorahub.storage;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;

/** When unreferenced files are removed from the store. */
@ConfigMapping(prefix = "lorahub.sweep")
public interface SweepConfig {

    /** How long unreferenced content stays after it was last sent. */
    @WithDefault("1h")
    Duration grace();

    /** Age at which a file in staging counts as left by a crash; longer than any transfer takes. */
    @WithDefault("24h")
    Duration staging();
}
