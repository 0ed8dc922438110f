package io.lorahub.upload;

import io.quarkus.runtime.configuration.MemorySize;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;

/** How much members may upload. */
@ConfigMapping(prefix = "lorahub.upload")
public interface UploadConfig {

    /** The largest file; zips too. */
    @WithDefault("2000000000")
    MemorySize fileSize();

    /** All files of one adapter together. This also limits forms sent without scripts. */
    @WithDefault("3000000000")
    MemorySize adapterSize();

    /** What one zip may hold in all, unpacked. */
    @WithDefault("4000000000")
    MemorySize zipContents();

    /** How many uploads of a member may be neither published nor cancelled. */
    @WithDefault("100")
    int openPerMember();

    /** How much a member may send per day (UTC). */
    @WithDefault("20000000000")
    MemorySize perDay();

    /** How much may be stored in a member's name: uploads, published versions, and the files of runs. */
    @WithDefault("20000000000")
    MemorySize perMember();

    /**
     * The longest one request may take; the client then continues with another; shorter than {@code
     * lorahub.sweep.staging}.
     */
    @WithDefault("6h")
    Duration longest();

    /** An upload to which nothing happened for so long is dropped. */
    @WithDefault("7d")
    Duration staleAfter();
}
