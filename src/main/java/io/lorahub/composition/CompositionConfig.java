package io.lorahub.composition;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;

/** What one may ask for. All limits are shown before they are hit. */
@ConfigMapping(prefix = "lorahub.composition")
public interface CompositionConfig {

    /** Of one run. */
    @WithDefault("50")
    int candidates();

    /** Few-shot examples of one run. */
    @WithDefault("64")
    int examples();

    /** Held-out examples of one run. */
    @WithDefault("1000")
    int heldOut();

    /** Characters of one input or output. */
    @WithDefault("4000")
    int characters();

    /** Evaluations of one run. */
    @WithDefault("1000")
    int budget();

    /** Runs of one member that wait or run. */
    @WithDefault("5")
    int queued();

    /** Visitors who are not signed in may run prepared tasks. */
    @WithDefault("true")
    boolean visitors();

    /** Runs of one visitor that wait or run. */
    @WithDefault("1")
    int queuedByVisitor();

    /** Runs of all visitors that wait or run. */
    @WithDefault("20")
    int queuedByVisitors();

    /** Runs of visitors from one network address that wait or run. */
    @WithDefault("5")
    int queuedByAddress();

    /** After how long a visitor's run is swept. */
    @WithDefault("PT24H")
    Duration visitorRuns();
}
