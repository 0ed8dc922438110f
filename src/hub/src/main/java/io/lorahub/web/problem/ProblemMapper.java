package io.lorahub.web.problem;

import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import io.quarkus.hibernate.validator.runtime.jaxrs.ResteasyReactiveViolationException;
import io.quarkus.runtime.BlockingOperationControl;
import io.quarkus.security.AuthenticationFailedException;
import io.quarkus.security.ForbiddenException;
import io.quarkus.security.UnauthorizedException;
import io.smallrye.mutiny.Uni;
import io.vertx.core.http.HttpServerRequest;
import jakarta.validation.ValidationException;
import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.core.Response;
import org.eclipse.microprofile.context.ManagedExecutor;
import org.jboss.resteasy.reactive.server.ServerExceptionMapper;

/** Answers every exception that an endpoint throws. The classes listed here replace mappers of the framework. */
class ProblemMapper {

    private final ProblemWriter writer;
    private final ManagedExecutor executor;

    ProblemMapper(ProblemWriter writer, ManagedExecutor executor) {
        this.writer = writer;
        this.executor = executor;
    }

    @ServerExceptionMapper({
        Throwable.class,
        ValidationException.class,
        ResteasyReactiveViolationException.class,
        MismatchedInputException.class,
        ForbiddenException.class,
        UnauthorizedException.class,
        AuthenticationFailedException.class
    })
    Uni<Response> answer(Throwable failure, HttpServerRequest request) {
        if (failure instanceof WebApplicationException web && web.getResponse().getStatus() < 400) {
            return Uni.createFrom().item(web.getResponse());
        }
        Uni<Response> answered = Uni.createFrom().item(() -> {
            ProblemResponse answer = writer.answer(failure, request);
            // In that case not even a stream can be opened for a body.
            return ProblemWriter.isOver(request)
                    ? Response.status(answer.status()).build()
                    : response(answer);
        });
        return BlockingOperationControl.isBlockingAllowed() ? answered : answered.runSubscriptionOn(executor);
    }

    private static Response response(ProblemResponse answer) {
        Response.ResponseBuilder response =
                Response.status(answer.status()).type(answer.mediaType()).entity(answer.body());
        answer.headers().forEach(response::header);
        return response.build();
    }
}
