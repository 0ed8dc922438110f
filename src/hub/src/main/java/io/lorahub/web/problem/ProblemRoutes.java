package io.lorahub.web.problem;

import io.quarkus.arc.Arc;
import io.quarkus.arc.ManagedContext;
import io.quarkus.security.AuthenticationRedirectException;
import io.quarkus.security.runtime.SecurityIdentityAssociation;
import io.quarkus.vertx.http.runtime.CurrentVertxRequest;
import io.quarkus.vertx.http.runtime.security.QuarkusHttpUser;
import io.vertx.core.Vertx;
import io.vertx.core.VertxException;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.HttpException;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;

/** Answers failures outside of endpoints: those of guards, authentication and the server's limits. */
@ApplicationScoped
class ProblemRoutes {

    private final ProblemWriter writer;
    private final CurrentVertxRequest current;
    private final SecurityIdentityAssociation identities;
    private final Vertx vertx;

    ProblemRoutes(
            ProblemWriter writer, CurrentVertxRequest current, SecurityIdentityAssociation identities, Vertx vertx) {
        this.writer = writer;
        this.current = current;
        this.identities = identities;
        this.vertx = vertx;
    }

    void register(@Observes Router router) {
        router.route().failureHandler(this::answer);
    }

    private void answer(RoutingContext context) {
        // A redirect of the sign-in provider's code flow; the framework has set its status and address.
        boolean redirection = context.failure() instanceof AuthenticationRedirectException;
        if (redirection || context.response().headWritten()) {
            context.next();
            return;
        }
        Throwable failure = hasOnlyStatus(context) ? new HttpException(context.statusCode()) : context.failure();
        vertx.executeBlocking(() -> inRequest(context, failure), false)
                .onSuccess(answer -> send(context, answer))
                .onFailure(context::fail);
    }

    /**
     * Rejections by the router itself, such as of a request without a host: only the status shows that it is not a
     * server error.
     */
    private static boolean hasOnlyStatus(RoutingContext context) {
        boolean refused = context.statusCode() >= 400 && context.statusCode() < 500;
        return context.failure() == null || refused && context.failure() instanceof VertxException;
    }

    /** The page frame needs the viewer, who is only known within a request context. */
    private ProblemResponse inRequest(RoutingContext context, Throwable failure) {
        ManagedContext request = Arc.container().requestContext();
        request.activate();
        try {
            current.setCurrent(context);
            if (context.user() instanceof QuarkusHttpUser user) identities.setIdentity(user.getSecurityIdentity());
            return writer.answer(failure, context.request());
        } finally {
            request.terminate();
        }
    }

    private static void send(RoutingContext context, ProblemResponse answer) {
        HttpServerResponse response = context.response();
        if (response.ended() || response.closed()) return;
        response.setStatusCode(answer.status()).putHeader(HttpHeaders.CONTENT_TYPE, answer.mediaType());
        answer.headers().forEach(response::putHeader);
        if (context.request().method() == HttpMethod.HEAD) response.end();
        else response.end(answer.body());
    }
}
