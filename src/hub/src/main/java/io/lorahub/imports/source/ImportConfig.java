package io.lorahub.imports.source;

import io.lorahub.settings.Accepts;
import io.quarkus.runtime.configuration.MemorySize;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Whether and how the hub fetches adapters from other hubs. */
@ConfigMapping(prefix = "lorahub.imports")
public interface ImportConfig {

    /**
     * Hosts from which files can be fetched, and to which other hubs can redirect. Empty: imports are off. An entry is a
     * host such as {@code huggingface.co}, or {@code *.hf.co} for all below it, with a port if that isn't 443, and after
     * {@code http://} for plain HTTP. Private addresses have to be listed as such, with the port.
     */
    @Accepts(
            pattern = "(https?://)?(\\*\\.)?([A-Za-z0-9._-]+|\\[[0-9a-fA-F:.]+])(:\\d{1,5})?/?",
            words = "hosts, separated by commas, such as huggingface.co,*.hf.co,http://10.0.0.5:8080")
    Optional<List<String>> hosts();

    /** Whether this process fetches files. */
    @WithDefault("true")
    boolean enabled();

    /** Number of imports at a time; more than a few slow members occupy. */
    @WithDefault("16")
    int threads();

    /** Number of imports of one member that this process does at a time; further ones of the member wait. */
    @WithDefault("2")
    int perMember();

    /** How often to look for an import to do. */
    @WithDefault("PT0.5S")
    Duration poll();

    /** How often an import sends a heartbeat; after four missed heartbeats another process continues it. */
    @WithDefault("PT5S")
    Duration heartbeat();

    /** Pause after a lost connection; it grows with each further one, unless files arrived in between. */
    @WithDefault("PT1S")
    Duration pause();

    /** A transfer that brings fewer bytes per second than this, over {@link #lowSpeedTime}, is ended. */
    @WithDefault("50K")
    MemorySize lowSpeedLimit();

    /** Over how long the speed of a transfer is measured; only the time in which the hub waits for bytes counts. */
    @WithDefault("PT1M")
    Duration lowSpeedTime();

    /** Maximum duration of one import. */
    @WithDefault("6h")
    Duration longest();

    /** Maximum size of a base model that an administrator imports, all files together. */
    @WithDefault("100G")
    MemorySize baseModelSize();

    /** How long an import is listed after it has ended; then the nightly sweep deletes its entry. */
    @WithDefault("30d")
    Duration keep();
}
