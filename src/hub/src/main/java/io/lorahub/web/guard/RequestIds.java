package io.lorahub.web.guard;

import io.quarkus.vertx.http.runtime.filters.Filters;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jboss.logging.MDC;

/**
 * Gives each request an id: that of the client or its proxy if it sends one. It is in the answer, where clients print it
 * with an error, and in what the log says of the request.
 */
@ApplicationScoped
class RequestIds {

    /** Before anything that can refuse a request. */
    private static final int PRIORITY = 1001;

    private static final String HEADER = "X-Request-Id";
    private static final String TRACE = "X-Amzn-Trace-Id";
    private static final String LOGGED = "request";
    private static final Pattern ID = Pattern.compile("[A-Za-z0-9._=;:-]{1,100}");

    void register(@Observes Filters filters) {
        filters.register(RequestIds::add, PRIORITY);
    }

    private static void add(RoutingContext context) {
        String sent = context.request().getHeader(HEADER);
        if (sent == null) sent = context.request().getHeader(TRACE);
        boolean usable = sent != null && ID.matcher(sent).matches();
        String id = usable ? sent : UUID.randomUUID().toString();
        context.response().putHeader(HEADER, id);
        MDC.put(LOGGED, id);
        context.next();
    }
}
