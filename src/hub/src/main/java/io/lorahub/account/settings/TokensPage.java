package io.lorahub.account.settings;

import io.lorahub.account.AccessToken;
import io.lorahub.account.Person;
import io.lorahub.account.Viewer;
import io.lorahub.web.CachePolicy;
import io.lorahub.web.FormErrors;
import io.lorahub.web.ProblemException;
import io.lorahub.web.Toast;
import io.quarkus.qute.CheckedTemplate;
import io.quarkus.qute.TemplateInstance;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.FormParam;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Lists, creates and revokes access tokens for programs. */
@Path("/settings/tokens")
@Produces(MediaType.TEXT_HTML)
public class TokensPage {

    private final Tokens tokens;
    private final StepUpAuthentication stepUp;
    private final Viewer viewer;

    TokensPage(Tokens tokens, StepUpAuthentication stepUp, Viewer viewer) {
        this.stepUp = stepUp;
        this.tokens = tokens;
        this.viewer = viewer;
    }

    /** Input of the form for a new token. */
    record Form(String name, String scope, String days) {
        static final Form EMPTY = new Form("", "READ", "90");
    }

    record Row(AccessToken token, boolean expired) {}

    @CheckedTemplate
    static class Templates {
        static native TemplateInstance show(
                List<Row> tokens, Form form, List<Integer> choices, boolean hasRole, FormErrors errors);

        static native TemplateInstance made(AccessToken token, String secret);
    }

    /** The parameters are what was typed before the password was asked for, see {@link StepUpAuthentication}. */
    @GET
    public TemplateInstance show(
            @QueryParam("name") Optional<String> name,
            @QueryParam("scope") Optional<String> scope,
            @QueryParam("days") Optional<String> days) {
        Form form =
                new Form(name.orElse(Form.EMPTY.name), scope.orElse(Form.EMPTY.scope), days.orElse(Form.EMPTY.days));
        return page(viewer.requireSession(), form, FormErrors.NONE);
    }

    /** Answers with the token itself instead of a redirect, because it is shown only once. */
    @POST
    public Response make(
            @FormParam("name") @DefaultValue("") String name,
            @FormParam("scope") @DefaultValue("") String scope,
            @FormParam("days") @DefaultValue("") String days) {
        AccessToken.Scope requested = Tokens.scope(scope);
        Person person = requested == AccessToken.Scope.ADMINISTER
                ? stepUp.require("/settings/tokens", Map.of("name", name, "scope", requested.name(), "days", days))
                : viewer.requireSession();
        try {
            Tokens.Made made = tokens.make(person, name, requested, Tokens.days(days));
            return Response.status(Response.Status.CREATED)
                    .header(HttpHeaders.CACHE_CONTROL, CachePolicy.NO_STORE.value())
                    .entity(Templates.made(made.token(), made.secret().text()))
                    .build();
        } catch (ProblemException e) {
            return FormErrors.show(e, errors -> page(person, new Form(name, scope, days), errors));
        }
    }

    @POST
    @Path("/{id}/revoke")
    public Response revoke(@PathParam("id") long id) {
        if (!tokens.revoke(viewer.requireSession(), id)) throw ProblemException.notFound("access token");
        return Toast.seeOther("/settings/tokens", "The token is revoked. Programs that use it can no longer sign in.");
    }

    private TemplateInstance page(Person person, Form form, FormErrors errors) {
        Instant now = Instant.now();
        List<Row> rows = tokens.of(person).stream()
                .map(token -> new Row(token, token.expiresAt != null && !token.expiresAt.isAfter(now)))
                .toList();
        return Templates.show(rows, form, Tokens.DAYS, viewer.isModerator(), errors);
    }
}
