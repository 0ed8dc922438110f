package io.lorahub.moderation;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;

@ConfigMapping(prefix = "lorahub.moderation")
public interface ModerationConfig {

    /** Maximum number of open reports of one member. */
    @WithDefault("20")
    int openReports();
}
