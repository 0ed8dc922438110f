package io.lorahub.web;

import io.quarkus.runtime.ShutdownDelayInitiatedEvent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.Duration;

/**
 * The time between SIGTERM and the end: requests under way go on to their end, up to quarkus.shutdown.timeout. Large
 * bodies could take hours; they are broken off, as their senders can go on from where they were.
 */
@ApplicationScoped
public class DrainingGuard {

    private static final Duration RESTART = Duration.ofSeconds(5);

    private volatile boolean begun;

    void begin(@Observes ShutdownDelayInitiatedEvent event) {
        begun = true;
        BodyStream.breakAllOff();
    }

    /** @throws ProblemException where the process ends, before a large body is begun */
    public void requireTime() {
        if (begun) throw ProblemException.unavailable("This server restarts. Send it again in a few seconds.", RESTART);
    }
}
