package io.lorahub.composition.task;

import io.lorahub.account.BrowserContext;
import io.lorahub.account.Person;
import io.lorahub.account.signin.SignedInEvent;
import io.lorahub.composition.CompositionRun;
import io.lorahub.composition.RunOwner;
import io.lorahub.composition.VisitorCookie;
import io.lorahub.database.ChangeEvents;
import io.quarkus.vertx.http.runtime.CurrentVertxRequest;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.persistence.LockModeType;
import jakarta.transaction.Transactional;

/**
 * Transfers a visitor's runs and questions to the account that their browser signs in to. Only the secret in the
 * visitor's cookie proves ownership; after the transfer it proves nothing, so anyone else who knows it has lost access.
 */
@ApplicationScoped
public class VisitorRuns {

    private final CurrentVertxRequest current;
    private final BrowserContext browser;
    private final ChangeEvents events;

    VisitorRuns(CurrentVertxRequest current, BrowserContext browser, ChangeEvents events) {
        this.current = current;
        this.browser = browser;
        this.events = events;
    }

    @Transactional(Transactional.TxType.MANDATORY)
    void adopt(@Observes SignedInEvent signedIn) {
        RoutingContext exchange = current.getCurrent();
        VisitorCookie.of(exchange.request()).ifPresent(visitor -> {
            adopt(visitor, Person.findById(signedIn.person().id));
            VisitorCookie.end(exchange.response(), browser.isSecure());
        });
    }

    private void adopt(String visitor, Person person) {
        RunOwner.visitor(visitor).lock(); // includes a run that this browser is just starting
        CompositionRun.<CompositionRun>find("visitor", visitor)
                .withLock(LockModeType.PESSIMISTIC_WRITE)
                .list()
                .forEach(run -> {
                    run.visitor = null;
                    run.network = null;
                    run.person = person;
                    run.expiresAt = null;
                    events.changed(run.id);
                });
        WorkerTask.update("person = ?1, visitor = null, network = null where visitor = ?2", person, visitor);
    }
}
