package io.lorahub.storage.upkeep;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;

/** How often stored files are compared with their SHA-256, even if nobody requests them. */
@ConfigMapping(prefix = "lorahub.scrub")
public interface ScrubConfig {

    /** Each file is read again if it has not been read for this long. */
    @WithDefault("30d")
    Duration interval();

    /**
     * The longest time that one night's reading takes, apart from finishing the current file; the next night continues.
     */
    @WithDefault("2h")
    Duration budget();
}
