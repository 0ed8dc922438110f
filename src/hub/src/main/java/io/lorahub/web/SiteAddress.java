package io.lorahub.web;

import io.quarkus.vertx.http.runtime.CurrentVertxRequest;
import io.vertx.core.http.HttpServerRequest;
import jakarta.enterprise.context.RequestScoped;
import jakarta.inject.Named;
import java.net.URI;
import java.util.Optional;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/** Absolute addresses of this site, for use outside of it: feeds, previews, links in the API. */
@Named("site")
@RequestScoped
public class SiteAddress {

    private final CurrentVertxRequest current;
    private final Optional<URI> publicUrl;

    SiteAddress(CurrentVertxRequest current, @ConfigProperty(name = "lorahub.public-url") Optional<URI> publicUrl) {
        this.current = current;
        this.publicUrl = publicUrl;
    }

    /** Origin without a trailing slash: {@code https://hub.example.org}. */
    public String origin() {
        return publicUrl.map(URI::toString).orElseGet(this::asked).replaceAll("/+$", "");
    }

    /** Whether the operator has set the origin; otherwise it is taken from the request. */
    public boolean isFixed() {
        return publicUrl.isPresent();
    }

    /** @param path with its leading slash, and its query if it has one */
    public String of(String path) {
        return origin() + path;
    }

    private String asked() {
        HttpServerRequest request = current.getCurrent().request();
        return request.scheme() + "://" + request.authority();
    }
}
