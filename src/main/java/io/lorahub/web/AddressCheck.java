package io.lorahub.web;

import io.quarkus.vertx.http.runtime.filters.Filters;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.util.Collections;
import java.util.List;
import java.util.SortedSet;
import java.util.regex.Pattern;

/**
 * What the framework makes of addresses otherwise: for OPTIONS it lists the methods of one class only, of those that share
 * a path, and a number or an id that is empty is none to it.
 */
@ApplicationScoped
class AddressCheck {

    /** After authentication and the limits. */
    private static final int PRIORITY = -10;

    private static final int NO_CONTENT = 204;

    /** A parameter without a value. */
    private static final Pattern EMPTY = Pattern.compile("=(?:&|$)");

    private final Endpoints endpoints;

    AddressCheck(Endpoints endpoints) {
        this.endpoints = endpoints;
    }

    void register(@Observes Filters filters) {
        filters.register(this::answer, PRIORITY);
    }

    private void answer(RoutingContext context) {
        HttpServerRequest request = context.request();
        if (request.query() != null
                && ApiPath.covers(request.path())
                && EMPTY.matcher(request.query()).find()) {
            List<FieldError> unreadable =
                    endpoints.unreadable(request.method().name(), request.path(), request.params());
            if (!unreadable.isEmpty()) {
                context.fail(MethodHints.unreadable(unreadable));
                return;
            }
        }
        SortedSet<String> methods = context.request().method() == HttpMethod.OPTIONS
                ? endpoints.methods(context.request().path())
                : Collections.emptySortedSet();
        if (methods.isEmpty()) {
            context.next();
            return;
        }
        methods.add("OPTIONS");
        context.response()
                .setStatusCode(NO_CONTENT)
                .putHeader(HttpHeaders.ALLOW, String.join(", ", methods))
                .end();
    }
}
