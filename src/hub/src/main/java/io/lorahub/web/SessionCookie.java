package io.lorahub.web;

import jakarta.enterprise.context.ApplicationScoped;
import java.net.URI;
import java.util.Optional;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/**
 * The cookie that identifies a browser. Scripts cannot read it and forms of other sites do not send it; if the public
 * address uses https, other hosts of the domain cannot set it (RFC 6265bis).
 */
@ApplicationScoped
public class SessionCookie {

    public static final String NAME = "lorahub_session";

    /** A browser accepts such a cookie only from this exact host, over https and for all paths. */
    private static final String HOST_PREFIX = "__Host-";

    private final boolean prefixed;
    private final HubCookie cookie;

    SessionCookie(@ConfigProperty(name = "lorahub.public-url") Optional<URI> publicUrl) {
        prefixed = publicUrl.filter(url -> "https".equals(url.getScheme())).isPresent();
        cookie = new HubCookie(prefixed ? HOST_PREFIX + NAME : NAME);
    }

    public HubCookie cookie() {
        return cookie;
    }

    /**
     * The value of a header Set-Cookie that removes it. Not bound to https if the cookie's name does not require it: a
     * browser accepts the removal of a cookie bound to https only over https.
     */
    public String removalHeader() {
        return cookie.removalHeader(prefixed);
    }
}
