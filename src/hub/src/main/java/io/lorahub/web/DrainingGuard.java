package io.lorahub.web;

import io.quarkus.runtime.ShutdownDelayInitiatedEvent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.Duration;

/**
 * Handles the time between SIGTERM and the end of the process. Requests in progress can finish, within
 * quarkus.shutdown.timeout. Large bodies could take hours, so they are broken off; their senders can resume where they
 * stopped.
 */
@ApplicationScoped
public class DrainingGuard {

    private static final Duration RESTART = Duration.ofSeconds(5);

    private volatile boolean begun;

    void begin(@Observes ShutdownDelayInitiatedEvent event) {
        begun = true;
        BodyStream.breakAllOff();
    }

    /** @throws ProblemException if the process is ending, so that no large body is started */
    public void requireTime() {
        if (begun)
            throw ProblemException.unavailable("This server is restarting. Send it again in a few seconds.", RESTART);
    }
}
