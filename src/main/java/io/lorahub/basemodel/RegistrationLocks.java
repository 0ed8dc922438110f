package io.lorahub.basemodel;

import io.lorahub.web.ProblemException;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jboss.logging.Logger;

/**
 * Registrations that are under way in this process. A large model takes minutes: whoever asks for it once more meanwhile
 * is told what is being done, instead of having all of it done twice.
 */
@ApplicationScoped
class RegistrationLocks {

    private static final Logger LOG = Logger.getLogger(RegistrationLocks.class);

    private final Map<String, Underway> underway = new ConcurrentHashMap<>();

    /** @throws ProblemException conflict, while one of this name is under way */
    Underway begin(String name) {
        Underway mine = new Underway(name);
        Underway other = underway.putIfAbsent(name, mine);
        if (other != null) throw ProblemException.conflict(other.toString());
        return mine;
    }

    final class Underway implements AutoCloseable {

        private final String name;
        private final Instant since = Instant.now();
        private volatile String step = "it has just begun";

        private Underway(String name) {
            this.name = name;
        }

        /** @param now a half of a sentence */
        void step(String now) {
            step = now;
            LOG.infof("Base model %s: %s.", name, now);
        }

        @Override
        public void close() {
            underway.remove(name, this);
        }

        @Override
        public String toString() {
            return "The registration of %s began %d seconds ago and isn't finished: %s. Wait for it to end."
                    .formatted(name, Duration.between(since, Instant.now()).toSeconds(), step);
        }
    }
}
