package io.lorahub.serve;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;

@ConfigMapping(prefix = "lorahub.serve")
public interface ServeConfig {

    /** Set by the command: {@code serve}, {@code serve --no-worker} or {@code worker}. */
    @WithDefault("all")
    ServerRole role();
}
