package io.lorahub.basemodel;

import io.lorahub.web.ProblemException;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jboss.logging.Logger;

/**
 * The registrations in progress in this process. A large model takes minutes; a second request for it receives the
 * current step instead of starting the work again.
 */
final class RegistrationsInProgress {

    private static final Logger LOG = Logger.getLogger(RegistrationsInProgress.class);

    private final Map<String, Registration> registrations = new ConcurrentHashMap<>();

    /** @throws ProblemException conflict, while a model of this name is being registered */
    Registration begin(String name) {
        Registration mine = new Registration(name);
        Registration other = registrations.putIfAbsent(name, mine);
        if (other != null) throw ProblemException.conflict(other.toString());
        return mine;
    }

    /** Ends when it is closed. */
    final class Registration implements AutoCloseable {

        private final String name;
        private final Instant since = Instant.now();
        private volatile String step = "it has just begun";

        private Registration(String name) {
            this.name = name;
        }

        /** @param now the current step, as a clause for use in a sentence */
        void step(String now) {
            step = now;
            LOG.infof("Base model %s: %s.", name, now);
        }

        @Override
        public void close() {
            registrations.remove(name, this);
        }

        @Override
        public String toString() {
            return "The registration of %s began %d seconds ago and isn't finished: %s. Wait for it to end."
                    .formatted(name, Duration.between(since, Instant.now()).toSeconds(), step);
        }
    }
}
