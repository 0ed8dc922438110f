package io.lorahub.composition;

import io.lorahub.storage.StoreUnavailableException;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;
import org.jboss.logging.Logger;

/**
 * What needs the object store waits while that is down, however long, and keeps what it has computed: an outage says
 * nothing about a run.
 */
final class StoreOutages {

    private static final Logger LOG = Logger.getLogger(StoreOutages.class);

    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);

    private final RunStates states;

    StoreOutages(RunStates states) {
        this.states = states;
    }

    /** @return empty where the run was stopped while the store was down */
    <T> Optional<T> outlast(RunningExecutions run, Supplier<T> work) {
        for (Duration pause = Duration.ofSeconds(1); ; pause = longer(pause)) {
            try {
                return Optional.of(work.get());
            } catch (StoreUnavailableException e) {
                LOG.warnf("The run %s waits for the store: %s", run.run().id(), e.getMessage());
                states.outage(run.run());
                if (!run.pause(pause) || !states.goesOn(run.run())) return Optional.empty();
            }
        }
    }

    private static Duration longer(Duration pause) {
        Duration twice = pause.multipliedBy(2);
        return twice.compareTo(LONGEST_PAUSE) < 0 ? twice : LONGEST_PAUSE;
    }
}
