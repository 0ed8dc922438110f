package io.lorahub.web.guard;

import io.lorahub.web.HubCookie;
import io.lorahub.web.ProblemException;
import io.lorahub.web.SessionCookie;
import io.quarkus.vertx.http.runtime.filters.Filters;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.net.URI;
import java.util.Optional;
import java.util.Set;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/**
 * Rejects state-changing requests that another site triggers in a visitor's browser. Every browser since 2020 states
 * the origin of a POST in Sec-Fetch-Site or Origin, and no page can change these headers. Forms therefore need no
 * tokens, and uploads and pages without scripts are protected too. See "Fetch Metadata" in OWASP's cheat sheet on
 * cross-site request forgery, and CrossOriginProtection of Go's net/http.
 *
 * <p>Browsers send Sec-Fetch-Site to https and localhost only, hence the comparison of Origin with Host. A request with
 * neither header comes from a program, unless it carries a session cookie: such a request is rejected, because it could
 * come from an old browser.
 */
@ApplicationScoped
class CsrfGuard {

    /** After the headers, before authentication and reading the body. */
    private static final int PRIORITY = 900;

    private static final Set<String> SAFE = Set.of("GET", "HEAD", "OPTIONS");
    private static final Set<String> OURS = Set.of("same-origin", "none");

    private final Optional<URI> publicUrl;
    private final HubCookie cookie;

    CsrfGuard(@ConfigProperty(name = "lorahub.public-url") Optional<URI> publicUrl, SessionCookie session) {
        this.publicUrl = publicUrl;
        this.cookie = session.cookie();
    }

    void register(@Observes Filters filters) {
        filters.register(this::check, PRIORITY);
    }

    private void check(RoutingContext context) {
        if (allows(context.request())) context.next();
        else {
            context.fail(
                    ProblemException.forbidden(
                            "This request comes from another site or doesn't say where it comes from. Open the page here and send"
                                    + " its form again. Programs use an access token, or send the header Origin with this hub's address."));
        }
    }

    private boolean allows(HttpServerRequest request) {
        if (SAFE.contains(request.method().name())) return true;
        String site = request.getHeader("Sec-Fetch-Site");
        if (site != null) return OURS.contains(site);
        String origin = request.getHeader(HttpHeaders.ORIGIN);
        if (origin != null) return isOurs(origin, request.getHeader(HttpHeaders.HOST));
        return request.getHeader(HttpHeaders.AUTHORIZATION) != null
                || cookie.in(request).isEmpty();
    }

    /** Ignores the scheme, because a proxy in front of us can terminate TLS. */
    private boolean isOurs(String origin, String host) {
        try {
            URI from = URI.create(origin);
            if (from.getRawAuthority() == null) return false;
            URI here = URI.create(from.getScheme() + "://" + host);
            return sameHostAndPort(from, here)
                    || publicUrl.filter(url -> sameHostAndPort(from, url)).isPresent();
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    private static boolean sameHostAndPort(URI one, URI other) {
        return authority(one).equalsIgnoreCase(authority(other));
    }

    /** Host and port. By the authority, because a URI has no host whose name has an underscore, as in container networks. */
    private static String authority(URI uri) {
        String authority = String.valueOf(uri.getRawAuthority());
        if (authority.matches(".*:\\d+")) return authority;
        return authority.replaceFirst(":$", "") + ("https".equals(uri.getScheme()) ? ":443" : ":80");
    }
}
