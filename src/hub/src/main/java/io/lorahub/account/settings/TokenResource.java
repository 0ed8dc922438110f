package io.lorahub.account.settings;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import io.lorahub.account.AccessToken;
import io.lorahub.account.Person;
import io.lorahub.account.Viewer;
import io.lorahub.engine.names.EnumNames;
import io.lorahub.web.CachePolicy;
import io.lorahub.web.ProblemException;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponseSchema;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/**
 * The caller's access tokens, in the API. A token can list tokens, but creating and revoking them requires a browser
 * session.
 */
@Path("/api/v1/me/tokens")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Account")
public class TokenResource {

    /** @param ending the token's last four characters */
    @JsonNaming(SnakeCaseStrategy.class)
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record TokenView(
            long id,
            String name,
            String scope,
            String ending,
            Instant createdAt,
            Instant expiresAt,
            Instant lastUsedAt) {

        static TokenView of(AccessToken token) {
            return new TokenView(
                    token.id,
                    token.name,
                    EnumNames.of(token.scope),
                    token.ending,
                    token.createdAt,
                    token.expiresAt,
                    token.lastUsedAt);
        }
    }

    /** @param days 7, 30, 90 or 365; absent for a token that does not expire */
    @Schema(requiredProperties = {"name", "scope"})
    public record CreateTokenRequest(
            String name,

            @Schema(enumeration = {"generate", "read", "write", "administer"})
            String scope,

            Integer days) {}

    /** @param token the secret, which is shown only here */
    public record TokenMade(String token, TokenView about) {}

    private final Tokens tokens;
    private final StepUpAuthentication stepUp;
    private final Viewer viewer;

    TokenResource(Tokens tokens, StepUpAuthentication stepUp, Viewer viewer) {
        this.stepUp = stepUp;
        this.tokens = tokens;
        this.viewer = viewer;
    }

    @GET
    @Operation(summary = "List my access tokens")
    public List<TokenView> list() {
        return tokens.of(viewer.require()).stream().map(TokenView::of).toList();
    }

    @POST
    @Consumes(MediaType.APPLICATION_JSON)
    @Operation(summary = "Create an access token; only from a signed-in browser")
    @APIResponseSchema(value = TokenMade.class, responseCode = "201")
    public Response make(CreateTokenRequest request) {
        Person person = viewer.requireSession();
        if (request == null) throw ProblemException.badRequest("Send a JSON object with name, scope and days.");
        AccessToken.Scope scope = Tokens.scope(request.scope());
        if (scope == AccessToken.Scope.ADMINISTER) stepUp.requireByApi();
        Tokens.Made made = tokens.make(
                person, Objects.requireNonNullElse(request.name(), ""), scope, Optional.ofNullable(request.days()));
        return Response.status(Response.Status.CREATED)
                .header(HttpHeaders.CACHE_CONTROL, CachePolicy.NO_STORE.value())
                .entity(new TokenMade(made.secret().text(), TokenView.of(made.token())))
                .build();
    }

    @DELETE
    @Path("/{id}")
    @Operation(summary = "Revoke an access token; only from a signed-in browser")
    public void revoke(@PathParam("id") long id) {
        if (!tokens.revoke(viewer.requireSession(), id)) throw ProblemException.notFound("access token");
    }
}
