package io.lorahub.admin;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;

/** Access for monitoring. */
@ConfigMapping(prefix = "lorahub.admin")
public interface AdminConfig {

    /**
     * Whether /q/metrics and the parts of /q/health are open to everyone, not only to administrators and this machine.
     */
    @WithDefault("false")
    boolean openMetrics();
}
