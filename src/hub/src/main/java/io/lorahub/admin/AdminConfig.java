package io.lorahub.admin;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import java.util.Optional;

/** Access for monitoring. */
@ConfigMapping(prefix = "lorahub.admin")
public interface AdminConfig {

    /**
     * Whether /q/metrics and the parts of /q/health are open to everyone, not only to administrators and this machine.
     */
    @WithDefault("false")
    boolean openMetrics();

    /**
     * Port on which this process tells /q/health and /q/metrics to everybody who reaches it, by any name, and nothing
     * else. Give it to the machine that monitors only.
     */
    Optional<@Min(0) @Max(65_535) Integer> monitoringPort();

    /** Address of that port. */
    @WithDefault("0.0.0.0")
    String monitoringHost();
}
