package io.lorahub.web;

import io.lorahub.settings.Accepts;
import io.quarkus.runtime.configuration.MemorySize;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Which requests the web part accepts. */
@ConfigMapping(prefix = "lorahub.web")
public interface WebConfig {

    /** Maximum size of a request body, such as a form or a JSON object. */
    @WithDefault("1M")
    MemorySize maxBody();

    /** Maximum body size at a path that receives files; a segment in braces matches any segment. */
    Map<String, MemorySize> maxBodyAt();

    /**
     * Time within which a body must deliver its next {@link #PACE_BYTES} bytes, so that slow senders do not hold a
     * thread for long.
     */
    @WithDefault("30s")
    Duration bodyPace();

    /**
     * Memory for all forms and JSON objects being received or processed, and for texts being written for programs; requests
     * beyond it are answered with 503.
     */
    @WithDefault("64M")
    MemorySize bufferedBodies();

    /** The same for one member, and twice as much for one address; requests beyond it are answered with 429. */
    @WithDefault("24M")
    MemorySize bufferedBodiesPerClient();

    /**
     * Maximum number of large bodies (files, commits) being received; requests beyond it are answered with 503. Each
     * occupies a thread (quarkus.thread-pool.max-threads, at least 200), and pages need some, too.
     */
    @WithDefault("96")
    int bodies();

    /** The same for one member, and twice as many for one address; requests beyond it are answered with 429. */
    @WithDefault("24")
    int bodiesPerClient();

    /** Names of the hub besides the one in the public URL; requests for any other name are answered with 421. */
    @Accepts(
            pattern = "[A-Za-z0-9._-]+|\\[[0-9a-fA-F:.]+]",
            words = "host names without scheme, port and path, separated by commas, such as hub.internal.example")
    Optional<List<String>> hosts();

    /** Origins besides our own that forms can lead to, such as that of a sign-in provider. */
    Optional<List<URI>> formTargets();

    long PACE_BYTES = 16_384;
}
