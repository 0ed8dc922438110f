package io.lorahub.storage;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;

/** How often stored files are compared with their SHA-256 although nobody asks for them. */
@ConfigMapping(prefix = "lorahub.scrub")
public interface ScrubConfig {

    /** Each file is read again when it was not read for this long. */
    @WithDefault("30d")
    Duration interval();

    /** How long one night's reading takes at most, beside the file under way; the next night continues. */
    @WithDefault("2h")
    Duration budget();
}
