package io.lorahub.browse.candidates;

import io.lorahub.account.BrowserContext;
import io.lorahub.account.Viewer;
import io.lorahub.adapter.Adapter;
import io.lorahub.adapter.AdapterRights;
import io.lorahub.web.HubCookie;
import io.lorahub.web.NavCount;
import io.quarkus.vertx.http.runtime.CurrentVertxRequest;
import io.vertx.core.http.HttpServerRequest;
import jakarta.enterprise.context.RequestScoped;
import jakarta.inject.Named;
import jakarta.ws.rs.core.NewCookie;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;

/**
 * The candidates collected for a composition. A member's are stored in the database, so they are available in every
 * browser. A visitor's are stored in a cookie, so that no account is needed to begin, and are added to the member's at
 * the next sign-in. Visibility to the viewer is checked on each access.
 */
@Named("basket")
@RequestScoped
public class CandidateBasket implements NavCount {

    /** Maximum number of candidates; a composition takes no more. */
    public static final int MOST = BasketContents.MOST;

    public static final HubCookie COOKIE = new HubCookie("lorahub_candidates");

    private static final Duration KEPT = Duration.ofDays(90);

    private final CurrentVertxRequest current;
    private final AdapterRights rights;
    private final BrowserContext visitor;
    private final Viewer viewer;
    private final CandidateLists lists;
    private BasketContents contents;

    CandidateBasket(
            CurrentVertxRequest current,
            AdapterRights rights,
            BrowserContext visitor,
            Viewer viewer,
            CandidateLists lists) {
        this.current = current;
        this.rights = rights;
        this.visitor = visitor;
        this.viewer = viewer;
        this.lists = lists;
    }

    /** Candidates visible to the viewer, in the order in which they were added. */
    public List<Adapter> adapters() {
        List<Long> ids = contents().ids();
        if (ids.isEmpty()) return List.of();
        Map<Long, Adapter> byId = visible(ids).stream()
                .filter(adapter -> viewer.id().isPresent() || contents().isKnown(adapter))
                .collect(Collectors.toMap(adapter -> adapter.id, adapter -> adapter));
        return ids.stream().map(byId::get).filter(Objects::nonNull).toList();
    }

    private List<Adapter> visible(Collection<Long> ids) {
        return Adapter.<Adapter>list("from Adapter a join fetch a.publisher where a.id in ?1", ids).stream()
                .filter(rights::maySee)
                .toList();
    }

    /** Addresses of {@link #adapters}, as {@code publisher/name}. */
    public List<String> addresses() {
        return adapters().stream().map(Adapter::address).toList();
    }

    public boolean has(long adapter) {
        return contents().ids().contains(adapter);
    }

    @Override
    public String name() {
        return "candidates";
    }

    /** Does not check that the adapters still exist; the candidates page removes deleted ones. */
    @Override
    public long count() {
        return contents().ids().size();
    }

    /**
     * @param adapters that the viewer has named
     * @return how many were added or already there
     */
    public int add(Collection<Long> adapters) {
        contents = contents().with(adapters).marked(visible(adapters));
        return (int)
                adapters.stream().distinct().filter(contents.ids()::contains).count();
    }

    public void remove(Collection<Long> adapters) {
        contents = contents().without(adapters);
    }

    void clear() {
        contents = new BasketContents(List.of());
    }

    /** Stores a change and returns the cookies to set for it. */
    NewCookie[] save() {
        if (viewer.id().isEmpty()) return new NewCookie[] {cookie(contents().text())};
        lists.write(viewer.id().get(), contents().ids());
        return isSent() ? new NewCookie[] {cookie("")} : new NewCookie[0];
    }

    private NewCookie cookie(String text) {
        return COOKIE.of(text, text.isEmpty() ? Duration.ZERO : KEPT, visitor.isSecure());
    }

    /** Whether the browser still has candidates in its cookie. */
    boolean isSent() {
        return !sent(current.getCurrent().request()).ids().isEmpty();
    }

    /** Contents of the browser's cookie. */
    static BasketContents sent(HttpServerRequest request) {
        return BasketContents.parse(COOKIE.in(request).orElse(null));
    }

    private BasketContents contents() {
        if (contents == null) {
            BasketContents sent = sent(current.getCurrent().request());
            contents = viewer.id()
                    .map(person -> new BasketContents(lists.of(person)).with(lists.known(sent)))
                    .orElse(sent);
        }
        return contents;
    }
}
