package io.lorahub.account;

import io.vertx.core.MultiMap;
import io.vertx.core.http.Cookie;
import io.vertx.core.http.CookieSameSite;
import io.vertx.core.http.HttpHeaders;
import io.vertx.ext.web.RoutingContext;
import java.util.List;
import io.lorahub.web.SessionCookie;

/** A browser that still sends the cookie of a session that is over. */
final class ExpiredSessionHandler {

    private static final List<String> FOR_ONE = List.of("private", "no-store", "no-cache");

    private ExpiredSessionHandler() {}

    /** With the answer, unless that opens a session. */
    static void dropCookie(RoutingContext context, SessionCookie cookie) {
        context.addHeadersEndHandler(end -> {
            MultiMap headers = context.response().headers();
            if (!opensSession(headers, cookie) && !isShared(headers)) {
                headers.add(HttpHeaders.SET_COOKIE, removal(cookie));
            }
        });
    }

    private static boolean opensSession(MultiMap headers, SessionCookie session) {
        return headers.getAll(HttpHeaders.SET_COOKIE).stream()
                .anyMatch(cookie -> cookie.startsWith(session.name() + "="));
    }

    /** What a cache may keep for others, such as the style sheet: with the removal in it, it would sign them out. */
    private static boolean isShared(MultiMap headers) {
        String caching = headers.get(HttpHeaders.CACHE_CONTROL);
        return caching != null && FOR_ONE.stream().noneMatch(caching::contains);
    }

    /**
     * Not bound to https, where the name does not ask for it: a browser lets only a page that came by https remove a cookie
     * that is.
     */
    private static String removal(SessionCookie session) {
        return Cookie.cookie(session.name(), "")
                .setSecure(session.isPrefixed())
                .setPath("/")
                .setMaxAge(0)
                .setHttpOnly(true)
                .setSameSite(CookieSameSite.LAX)
                .encode();
    }
}
