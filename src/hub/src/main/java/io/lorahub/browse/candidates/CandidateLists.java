package io.lorahub.browse.candidates;

import io.lorahub.account.BrowserContext;
import io.lorahub.account.signin.SignedInEvent;
import io.lorahub.adapter.Adapter;
import io.lorahub.web.NavCount;
import io.quarkus.vertx.http.runtime.CurrentVertxRequest;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.persistence.EntityManager;
import jakarta.transaction.Transactional;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Stores the candidates of members. */
@ApplicationScoped
class CandidateLists {

    private final EntityManager entities;
    private final CurrentVertxRequest current;
    private final BrowserContext browser;

    CandidateLists(EntityManager entities, CurrentVertxRequest current, BrowserContext browser) {
        this.entities = entities;
        this.current = current;
        this.browser = browser;
    }

    /** Ids of adapters, in the order in which they were added; without a transaction, see {@link NavCount}. */
    List<Long> of(long person) {
        List<Long> ids = entities.createNativeQuery(
                        "select id from candidate_list, unnest(adapters) with ordinality as one (id, place)"
                                + " where person_id = ?1 order by place",
                        Long.class)
                .setParameter(1, person)
                .getResultList();
        return List.copyOf(ids);
    }

    @Transactional
    void write(long person, Collection<Long> adapters) {
        entities.createNativeQuery(
                        "insert into candidate_list (person_id, adapters) values (?1, cast(string_to_array(?2, ',') as bigint[]))"
                                + " on conflict (person_id) do update set adapters = excluded.adapters")
                .setParameter(1, person)
                .setParameter(2, adapters.stream().map(String::valueOf).collect(Collectors.joining(",")))
                .executeUpdate();
    }

    /** The ids of a cookie's adapters whose addresses its sender had. */
    List<Long> known(BasketContents cookie) {
        if (cookie.ids().isEmpty()) return List.of();
        Set<Long> known =
                Adapter.<Adapter>list("from Adapter a join fetch a.publisher where a.id in ?1", cookie.ids()).stream()
                        .filter(cookie::isKnown)
                        .map(adapter -> adapter.id)
                        .collect(Collectors.toSet());
        return cookie.ids().stream().filter(known::contains).toList();
    }

    /** Appends candidates collected before signing in to the member's, and removes the cookie. */
    @Transactional(Transactional.TxType.MANDATORY)
    void adopt(@Observes SignedInEvent signedIn) {
        RoutingContext exchange = current.getCurrent();
        List<Long> sent = known(CandidateBasket.sent(exchange.request()));
        if (sent.isEmpty()) return;
        long person = signedIn.person().id;
        write(
                person,
                new BasketContents(Stream.concat(of(person).stream(), sent.stream())
                                .toList())
                        .ids());
        CandidateBasket.COOKIE.remove(exchange.response(), browser.isSecure());
    }
}
