package io.lorahub.web.guard;

import io.lorahub.web.WebConfig;
import io.quarkus.vertx.http.runtime.filters.Filters;
import io.vertx.core.MultiMap;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.net.URI;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/** Restrictions on what browsers can do with any of our answers (OWASP HTTP Headers cheat sheet). */
@ApplicationScoped
class SecurityHeaders {

    /** Before everything else, so that rejections carry the headers too. */
    private static final int PRIORITY = 1000;

    private final Map<String, String> headers;

    SecurityHeaders(WebConfig config, @ConfigProperty(name = "lorahub.public-url") Optional<URI> publicUrl) {
        headers = of(config.formTargets().orElse(List.of()), publicUrl);
    }

    static Map<String, String> of(List<URI> formTargets, Optional<URI> publicUrl) {
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put("Content-Security-Policy", policy(formTargets));
        headers.put("X-Content-Type-Options", "nosniff");
        // Not no-referrer: with it, browsers send Origin: null with our own forms.
        headers.put("Referrer-Policy", "same-origin");
        headers.put(
                "Permissions-Policy",
                "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=(), browsing-topics=()");
        headers.put("Cross-Origin-Opener-Policy", "same-origin");
        headers.put("Cross-Origin-Resource-Policy", "same-origin");
        if (publicUrl.filter(url -> "https".equals(url.getScheme())).isPresent()) {
            headers.put("Strict-Transport-Security", "max-age=31536000");
        }
        return headers;
    }

    private static String policy(List<URI> formTargets) {
        String forms = formTargets.stream().map(target -> " " + target).collect(Collectors.joining());
        return String.join(
                "; ",
                "default-src 'none'",
                "script-src 'self'",
                "style-src 'self'",
                "img-src 'self' data:",
                "font-src 'self'",
                "connect-src 'self'",
                "form-action 'self'" + forms,
                "base-uri 'none'",
                "frame-ancestors 'none'");
    }

    void register(@Observes Filters filters) {
        filters.register(this::add, PRIORITY);
    }

    private void add(RoutingContext context) {
        MultiMap answer = context.response().headers();
        headers.forEach(answer::set);
        context.next();
    }
}
