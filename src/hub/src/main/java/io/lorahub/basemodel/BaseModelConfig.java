package io.lorahub.basemodel;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;

/** How the hub offers its base models to clients. */
@ConfigMapping(prefix = "lorahub.base-models")
public interface BaseModelConfig {

    /** Whether their files can be downloaded; consider the models' licences and the cost of the traffic. */
    @WithDefault("true")
    boolean downloads();
}
