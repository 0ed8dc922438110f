package io.lorahub.demo;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;

/** The demo hub on a new installation. */
@ConfigMapping(prefix = "lorahub.demo")
public interface DemoConfig {

    /** Whether its base model and adapters are published at the first start. */
    @WithDefault("true")
    boolean load();
}
