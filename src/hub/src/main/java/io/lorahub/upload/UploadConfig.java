package io.lorahub.upload;

import io.quarkus.runtime.configuration.MemorySize;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;

/** Limits for uploads by members. */
@ConfigMapping(prefix = "lorahub.upload")
public interface UploadConfig {

    /** Maximum size of a file, including zips. */
    @WithDefault("2000000000")
    MemorySize fileSize();

    /** Maximum size of all files of one adapter together. This also limits forms sent without scripts. */
    @WithDefault("3000000000")
    MemorySize adapterSize();

    /** Maximum total size of the contents of one zip, unpacked. */
    @WithDefault("4000000000")
    MemorySize zipContents();

    /** Maximum number of uploads of a member that are neither published nor cancelled. */
    @WithDefault("100")
    int openPerMember();

    /** Maximum amount that a member can send per day (UTC). */
    @WithDefault("20000000000")
    MemorySize perDay();

    /**
     * Maximum storage for each member: uploads, published versions, the files of runs and those made from results; also
     * for the results of all visitors together.
     */
    @WithDefault("20000000000")
    MemorySize perMember();

    /**
     * Maximum duration of one request, after which the client continues with another; must be shorter than {@code
     * lorahub.sweep.staging}.
     */
    @WithDefault("6h")
    Duration longest();

    /** Uploads that have been inactive for this long are dropped. */
    @WithDefault("7d")
    Duration staleAfter();
}
