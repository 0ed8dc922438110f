package io.lorahub.storage;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;

/** When what nobody refers to is removed from the store. */
@ConfigMapping(prefix = "lorahub.sweep")
public interface SweepConfig {

    /** How long content stays after it was last sent in, although nothing refers to it. */
    @WithDefault("1h")
    Duration grace();

    /** How old a file in staging is taken to be left from a crash; longer than any transfer takes. */
    @WithDefault("24h")
    Duration staging();
}
