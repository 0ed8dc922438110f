package io.lorahub.web;

import io.vertx.ext.web.RoutingContext;
import jakarta.ws.rs.core.NewCookie;
import jakarta.ws.rs.core.Response;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;

/**
 * A sentence that the next page shows once: "Published lab-a/un-past 1.0.0." It travels in a cookie, so any web process
 * can show it; the page escapes it like any text.
 */
public final class Toast {

    private static final HubCookie COOKIE = new HubCookie("lorahub_toast");

    /** Browsers store cookies of up to 4096 bytes; an encoded character can take nine. */
    private static final int LONGEST = 300;

    /** Precedes sentences that warn. */
    static final String WARNING = "! ";

    private static final Duration LIFE = Duration.ofSeconds(60);

    private Toast() {}

    /** Answers a successful form: redirects to the page and shows the sentence there. */
    public static Response seeOther(String path, String sentence) {
        return Response.seeOther(new LocalPath(path).uri())
                .cookie(cookie(sentence))
                .build();
    }

    /** Answers a form that could not do what it should: the sentence stays on the page until it is closed. */
    public static Response warning(String path, String sentence) {
        return seeOther(path, WARNING + sentence);
    }

    private static NewCookie cookie(String sentence) {
        String text = sentence.length() > LONGEST ? sentence.substring(0, LONGEST) + "…" : sentence;
        return COOKIE.of(URLEncoder.encode(text, StandardCharsets.UTF_8), LIFE, false);
    }

    /** Returns the sentence to show and removes it, so that it is shown only once. */
    static Optional<String> take(RoutingContext context) {
        Optional<String> text = COOKIE.in(context.request());
        if (text.isPresent() && !context.response().headWritten()) COOKIE.remove(context.response(), false);
        try {
            return text.map(encoded -> URLDecoder.decode(encoded, StandardCharsets.UTF_8));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }
}
