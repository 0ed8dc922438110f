package io.lorahub.admin;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;

/** What monitoring can see. */
@ConfigMapping(prefix = "lorahub.admin")
public interface AdminConfig {

    /** Whether /q/metrics and the parts of /q/health are open to everybody, beside administrators and this machine. */
    @WithDefault("false")
    boolean openMetrics();
}
