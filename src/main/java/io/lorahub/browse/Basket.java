package io.lorahub.browse;

import io.lorahub.account.Visitor;
import io.lorahub.adapter.Adapter;
import io.lorahub.adapter.AdapterRights;
import io.lorahub.web.NavCount;
import io.quarkus.vertx.http.runtime.CurrentVertxRequest;
import io.vertx.core.http.Cookie;
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
 * The candidates that a visitor has put together for a composition. They are kept in a cookie, so that nobody needs an
 * account to begin; what the visitor may see of them is asked anew each time.
 */
@Named("basket")
@RequestScoped
public class Basket implements NavCount {

    /** Candidates at a time; a composition takes no more. */
    public static final int MOST = BasketContents.MOST;

    static final String COOKIE = "lorahub_candidates";

    private static final Duration KEPT = Duration.ofDays(90);

    private final CurrentVertxRequest current;
    private final AdapterRights rights;
    private final Visitor visitor;
    private BasketContents contents;

    Basket(CurrentVertxRequest current, AdapterRights rights, Visitor visitor) {
        this.current = current;
        this.rights = rights;
        this.visitor = visitor;
    }

    /** Those that the viewer may see, in the order in which they were put. */
    public List<Adapter> adapters() {
        List<Long> ids = contents().ids();
        if (ids.isEmpty()) return List.of();
        Map<Long, Adapter> found =
                Adapter.<Adapter>list("from Adapter a join fetch a.publisher where a.id in ?1", ids).stream()
                        .filter(rights::maySee)
                        .collect(Collectors.toMap(adapter -> adapter.id, adapter -> adapter));
        return ids.stream().map(found::get).filter(Objects::nonNull).toList();
    }

    /** Of {@link #adapters}, as {@code publisher/name}. */
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

    /** Without asking the database, so it may count one that has been deleted since; the page of candidates forgets those. */
    @Override
    public long count() {
        return contents().ids().size();
    }

    /** @return how many found room or were there before */
    int add(Collection<Long> adapters) {
        contents = contents().with(adapters);
        return (int)
                adapters.stream().distinct().filter(contents.ids()::contains).count();
    }

    void remove(Collection<Long> adapters) {
        contents = contents().without(adapters);
    }

    void clear() {
        contents = new BasketContents(List.of());
    }

    /** To be sent after a change. */
    NewCookie cookie() {
        String text = contents().text();
        return new NewCookie.Builder(COOKIE)
                .value(text)
                .path("/")
                .maxAge(text.isEmpty() ? 0 : (int) KEPT.toSeconds())
                .httpOnly(true)
                .secure(visitor.isSecure())
                .sameSite(NewCookie.SameSite.LAX)
                .build();
    }

    private BasketContents contents() {
        if (contents == null) {
            Cookie cookie = current.getCurrent().request().getCookie(COOKIE);
            contents = BasketContents.parse(cookie == null ? null : cookie.getValue());
        }
        return contents;
    }
}
