package io.lorahub.moderation;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;

@ConfigMapping(prefix = "lorahub.moderation")
public interface ModerationConfig {

    /** How many reports of one member may wait at a time. */
    @WithDefault("20")
    int openReports();
}
