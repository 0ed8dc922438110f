package io.lorahub.web;

import io.quarkus.runtime.configuration.MemorySize;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What the web takes and from whom. */
@ConfigMapping(prefix = "lorahub.web")
public interface WebConfig {

    /** The longest body of a request, such as a form or a JSON object. */
    @WithDefault("1M")
    MemorySize maxBody();

    /** The longest body at a path where files go; a segment in braces stands for any. */
    Map<String, MemorySize> maxBodyAt();

    /** A body has to bring its next {@link #PACE_BYTES} bytes in this time, so that slow senders hold no thread for long. */
    @WithDefault("30s")
    Duration bodyPace();

    /** Forms and JSON objects that are being received or used may take so much memory together; more are answered 503. */
    @WithDefault("64M")
    MemorySize bufferedBodies();

    /** Names beside that of the public URL by which the hub is asked for; a name in no list is answered 421. */
    Optional<List<String>> hosts();

    /** Origins beside our own that forms may lead to, such as that of a sign-in provider. */
    Optional<List<URI>> formTargets();

    long PACE_BYTES = 16_384;
}
