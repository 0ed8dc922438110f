package io.lorahub.demo;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;

/** Configuration of the demo hub on a new installation. */
@ConfigMapping(prefix = "lorahub.demo")
public interface DemoConfig {

    /** Whether to publish its base model and adapters at the first start. */
    @WithDefault("true")
    boolean load();
}
