package io.lorahub.web;

import jakarta.ws.rs.container.ContainerResponseContext;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import org.jboss.resteasy.reactive.server.ServerResponseFilter;

/**
 * Pages are rendered for one viewer: shared caches must not store them, and browsers must revalidate. All pages are in
 * UTF-8.
 */
class PageCaching {

    /** Runs as the last filter, because the template filter sets the media type again. */
    @ServerResponseFilter(priority = 0)
    void forbid(ContainerResponseContext response) {
        MediaType type = response.getMediaType();
        boolean page = type != null && type.isCompatible(MediaType.TEXT_HTML_TYPE);
        // The framework names the charset for a template, but not for a response that wraps one.
        if (page && !type.isWildcardType() && !type.getParameters().containsKey(MediaType.CHARSET_PARAMETER)) {
            response.getHeaders().putSingle(HttpHeaders.CONTENT_TYPE, MediaType.TEXT_HTML_TYPE.withCharset("UTF-8"));
        }
        if (page && !response.getHeaders().containsKey(HttpHeaders.CACHE_CONTROL)) {
            response.getHeaders().putSingle(HttpHeaders.CACHE_CONTROL, CachePolicy.PRIVATE.value());
        }
    }
}
