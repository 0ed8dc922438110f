package io.lorahub.composition.task;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;

/** Limits of tasks for workers other than runs. */
@ConfigMapping(prefix = "lorahub.tasks")
public interface TaskConfig {

    /** Maximum number of unanswered questions of one member or visitor. */
    @WithDefault("3")
    int waiting();

    /** Maximum number of questions of one member or visitor per minute. */
    @WithDefault("60")
    int perMinute();

    /** Maximum number of unanswered questions of all visitors. */
    @WithDefault("20")
    int waitingOfVisitors();

    /** Maximum number of unanswered questions of visitors from one network address. */
    @WithDefault("6")
    int waitingOfAddress();

    /** Time after which a worker gives up a suggestion or predictions. */
    @WithDefault("PT15M")
    Duration longest();

    /** Maximum number of inputs in one question. */
    @WithDefault("20")
    int inputs();

    /**
     * Maximum number of adapters that a suggestion tries; if there are more, those recently most popular come first.
     */
    @WithDefault("200")
    int suggestions();

    /** Time after which a question, its answer and its files are swept. */
    @WithDefault("PT1H")
    Duration life();
}
