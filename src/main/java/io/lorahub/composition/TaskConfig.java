package io.lorahub.composition;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;

/** What one may ask the workers beside runs. */
@ConfigMapping(prefix = "lorahub.trials")
public interface TaskConfig {

    /** Questions of one member or visitor that are not answered yet. */
    @WithDefault("3")
    int waiting();

    /** Questions of one member or visitor in a minute. */
    @WithDefault("60")
    int perMinute();

    /** Questions of all visitors that are not answered yet. */
    @WithDefault("20")
    int waitingOfVisitors();

    /** Questions of visitors from one network address that are not answered yet. */
    @WithDefault("6")
    int waitingOfAddress();

    /** Own inputs of one question. */
    @WithDefault("20")
    int inputs();

    /** Adapters that a suggestion tries; the liveliest come first where there are more. */
    @WithDefault("200")
    int suggestions();

    /** After how long a question, its answer and its files are swept. */
    @WithDefault("PT1H")
    Duration life();
}
