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

    /** Time after which a run gives way to runs of others that wait; it continues when its turn comes. */
    @WithDefault("PT10M")
    Duration turn();

    /** Maximum number of queued and running runs of one member. */
    @WithDefault("5")
    int queued();

    /** Whether visitors who are not signed in may run prepared tasks, and small ones of their own. */
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

    /** Maximum number of runs that visitors from one network address start in 24 hours. */
    @WithDefault("50")
    int perDayByAddress();

    /** Time after which a visitor's run and draft are deleted. */
    @WithDefault("PT24H")
    Duration visitorRuns();

    Visitor visitor();

    /** Limits of one run of a visitor's own task. */
    interface Visitor {

        /** Maximum number of candidates. */
        @WithDefault("24")
        int candidates();

        /** Maximum number of few-shot examples. */
        @WithDefault("10")
        int examples();

        /** Maximum number of held-out examples. */
        @Accepts(least = 0)
        @WithDefault("100")
        int heldOut();

        /** Maximum number of characters of one input or output. */
        @WithDefault("500")
        int characters();

        /** Maximum number of evaluations. */
        @WithDefault("100")
        int budget();

        /** Time of evaluations after which the search ends with the best so far. */
        @WithDefault("PT2M")
        Duration searchTime();
    }
}
