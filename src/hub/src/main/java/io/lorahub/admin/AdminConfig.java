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
     * Port on which this process serves /q/health and /q/metrics, and nothing else, to everybody who can reach it and
     * under any host name. Only the machine that monitors should be able to reach it.
     */
    Optional<@Min(0) @Max(65_535) Integer> monitoringPort();

    /** Address of that port. */
    @WithDefault("0.0.0.0")
    String monitoringHost();
}
