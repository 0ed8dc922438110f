package io.lorahub.web;

import io.quarkus.security.Authenticated;
import io.quarkus.security.ForbiddenException;
import io.quarkus.security.UnauthorizedException;
import jakarta.annotation.security.RolesAllowed;
import jakarta.persistence.OptimisticLockException;
import jakarta.persistence.PessimisticLockException;
import jakarta.validation.Valid;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotNull;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.List;
import org.jboss.resteasy.reactive.RestForm;
import org.jboss.resteasy.reactive.RestQuery;

/**
 * An endpoint for every kind of error, once as a page and once in the API. Validated methods are in the classes
 * themselves, because the framework does not validate inherited methods.
 */
abstract class Troublemaker {

    /** A JSON object with something to check. */
    public record Letter(@NotBlank String subject, List<@Valid Line> lines) {}

    public record Line(@Max(3) int length) {}

    @Path("/test/trouble")
    public static class Pages extends Troublemaker {

        @GET
        @Path("/limit")
        public String limited(@RestQuery @Max(100) int limit) {
            return "ok";
        }
    }

    @Path("/api/test/trouble")
    public static class Api extends Troublemaker {

        @POST
        @Path("/post/letter")
        @Consumes(MediaType.APPLICATION_JSON)
        @Produces(MediaType.APPLICATION_JSON)
        public Letter letter(@NotNull @Valid Letter letter) {
            return letter;
        }
    }

    @GET
    @Path("/{kind}")
    @Produces(MediaType.TEXT_PLAIN)
    public String fail(String kind) {
        throw switch (kind) {
            case "not-found" -> ProblemException.notFound("adapter");
            case "forbidden" ->
                new ForbiddenException("This access token can only read. Create one with the scope “Read and write”.");
            case "unauthorized" -> new UnauthorizedException("Sign in first.");
            case "conflict" -> ProblemException.conflict("The name lab-a/un is taken; choose another.");
            case "gone" -> ProblemException.gone("Its owner deleted it.");
            case "invalid" ->
                ProblemException.invalid(List.of(
                        new FieldError("title", "The title is empty."),
                        new FieldError("rank", "The rank <b>9</b> is odd.")));
            case "too-many" -> ProblemException.tooMany("Ten sign-ins a minute are enough.", Duration.ofSeconds(30));
            case "changed" -> ProblemException.changed();
            case "deadlock" -> new IllegalStateException(new PessimisticLockException("deadlock: secret-table"));
            case "stale" -> new IllegalStateException(new OptimisticLockException("row was updated: secret-table"));
            default -> new IllegalStateException("secret-internal: " + kind);
        };
    }

    @GET
    @Authenticated
    @Path("/members")
    public String members() {
        return "ok";
    }

    @GET
    @RolesAllowed("ADMIN")
    @Path("/admins")
    public String admins() {
        return "ok";
    }

    @POST
    @Path("/post/form")
    public String form(@RestForm @NotBlank String subject) {
        return subject;
    }

    @POST
    @Path("/post/bytes")
    @Consumes(MediaType.APPLICATION_OCTET_STREAM)
    public long bytes(InputStream body) throws IOException {
        return body.transferTo(java.io.OutputStream.nullOutputStream());
    }
}
