package io.lorahub.basemodel;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;

/** What the hub does with its base models beside running them. */
@ConfigMapping(prefix = "lorahub.base-models")
public interface BaseModelConfig {

    /** Whether anybody may download their files, as their licences and the network's cost allow. */
    @WithDefault("true")
    boolean downloads();
}
