package io.lorahub.composition;

import io.lorahub.settings.Accepts;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;

/** Limits for requests. All limits are shown to the user before they are reached. */
@ConfigMapping(prefix = "lorahub.composition")
public interface CompositionConfig {

    /** Maximum number of candidates of one run. */
    @WithDefault("50")
    int candidates();

    /** Maximum number of few-shot examples of one run. */
    @WithDefault("64")
    int examples();

    /** Maximum number of held-out examples of one run. */
    @Accepts(least = 0)
    @WithDefault("1000")
    int heldOut();

    /** Maximum number of characters of one input or output. */
    @WithDefault("4000")
    int characters();

    /** Maximum number of evaluations of one run. */
    @WithDefault("1000")
    int budget();

    /** Maximum number of queued and running runs of one member. */
    @WithDefault("5")
    int queued();

    /** Whether visitors who are not signed in may run prepared tasks. */
    @WithDefault("true")
    boolean visitors();

    /** Maximum number of queued and running runs of one visitor. */
    @WithDefault("1")
    int queuedByVisitor();

    /** Maximum number of queued and running runs of all visitors. */
    @WithDefault("20")
    int queuedByVisitors();

    /** Maximum number of queued and running runs of visitors from one network address. */
    @WithDefault("5")
    int queuedByAddress();

    /** Time after which a visitor's run is deleted. */
    @WithDefault("PT24H")
    Duration visitorRuns();
}
