package io.lorahub.composition.task;

import io.lorahub.account.BrowserContext;
import io.lorahub.composition.CompositionConfig;
import io.lorahub.composition.CompositionRun;
import io.lorahub.web.ProblemException;
import io.quarkus.arc.Arc;
import io.quarkus.vertx.http.runtime.CurrentVertxRequest;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.Optional;
import org.apache.commons.codec.digest.DigestUtils;

/**
 * Limits for all visitors together and per network address. A limit per visitor would stop no one, because a visitor
 * without a cookie looks new on every request. Exact in a transaction that holds {@code RunOwner.lock()}.
 */
@ApplicationScoped
public class VisitorLimits {

    private static final String ACTIVE = "state in ('QUEUED', 'RUNNING')";

    private final CompositionConfig runs;
    private final TaskConfig tasks;
    private final CurrentVertxRequest request;
    private final BrowserContext browser;

    VisitorLimits(CompositionConfig runs, TaskConfig tasks, CurrentVertxRequest request, BrowserContext browser) {
        this.runs = runs;
        this.tasks = tasks;
        this.request = request;
        this.browser = browser;
    }

    /** Hash of the network address of the current request; empty outside of one. */
    public Optional<String> network() {
        if (!Arc.container().requestContext().isActive() || request.getCurrent() == null) return Optional.empty();
        return Optional.of(DigestUtils.sha256Hex(browser.address()));
    }

    /** @throws ProblemException if another run would exceed a limit */
    public void requireRun() {
        if (!runs.visitors()) throw ProblemException.forbidden("Sign in to compose on this hub.");
        if (CompositionRun.count("visitor is not null and " + ACTIVE) >= runs.queuedByVisitors()) {
            throw ProblemException.tooMany(
                    "Many visitors are trying this right now. Wait a moment, or sign in.", Duration.ofSeconds(20));
        }
        if (network()
                .filter(from -> CompositionRun.count("network = ?1 and " + ACTIVE, from) >= runs.queuedByAddress())
                .isPresent()) {
            throw ProblemException.tooMany(
                    "%d runs from your network address are waiting or running. Wait for one to end, or sign in."
                            .formatted(runs.queuedByAddress()),
                    Duration.ofSeconds(20));
        }
    }

    /** @throws ProblemException if another question would exceed a limit */
    void requireTask() {
        if (WorkerTask.count("person is null and " + TaskLimits.OPEN) >= tasks.waitingOfVisitors()) {
            throw ProblemException.tooMany(
                    "Many visitors are using this right now. Try again later, or sign in.", Duration.ofSeconds(10));
        }
        if (network()
                .filter(from ->
                        WorkerTask.count("network = ?1 and " + TaskLimits.OPEN, from) >= tasks.waitingOfAddress())
                .isPresent()) {
            throw ProblemException.tooMany(
                    "%d requests from your network address are still waiting. Wait for one of them to finish, or sign in."
                            .formatted(tasks.waitingOfAddress()),
                    Duration.ofSeconds(10));
        }
    }
}
