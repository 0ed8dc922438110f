package io.lorahub.organisation;

import io.lorahub.account.AccountName;
import io.lorahub.account.BrowserContext;
import io.lorahub.account.Person;
import io.lorahub.account.Secret;
import io.lorahub.account.Viewer;
import io.lorahub.account.settings.StepUpAuthentication;
import io.lorahub.account.signin.AddressRateLimits;
import io.lorahub.account.signin.SignInReason;
import io.lorahub.web.FormErrors;
import io.lorahub.web.LocalPath;
import io.lorahub.web.ProblemException;
import io.lorahub.web.Toast;
import io.quarkus.qute.CheckedTemplate;
import io.quarkus.qute.TemplateInstance;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.FormParam;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.net.URI;
import java.util.Map;
import java.util.Optional;

/** Asks a new user from the provider which account to use: a new one, or the one that is signed in. */
@Path(PendingIdentityPage.PATH)
@Produces(MediaType.TEXT_HTML)
public class PendingIdentityPage {

    static final String PATH = OrganisationTenant.PATH + "/name";

    private final OrganisationTenant tenant;
    private final OrganisationSignIn signIn;
    private final StepUpAuthentication stepUp;
    private final Viewer viewer;
    private final AddressRateLimits limits;
    private final BrowserContext visitor;

    PendingIdentityPage(
            OrganisationTenant tenant,
            OrganisationSignIn signIn,
            StepUpAuthentication stepUp,
            Viewer viewer,
            AddressRateLimits limits,
            BrowserContext visitor) {
        this.tenant = tenant;
        this.stepUp = stepUp;
        this.signIn = signIn;
        this.viewer = viewer;
        this.limits = limits;
        this.visitor = visitor;
    }

    @CheckedTemplate
    static class Templates {
        static native TemplateInstance show(String label, String name, LocalPath next, FormErrors errors);
    }

    @GET
    public Response show(@QueryParam("next") String next) {
        return pending()
                .map(pending -> page(pending, AccountName.suggestion(pending.label), next, FormErrors.NONE, 200))
                .orElseGet(this::tooLate);
    }

    @POST
    public Response register(@FormParam("name") @DefaultValue("") String name, @FormParam("next") String next) {
        Optional<PendingIdentity> pending = pending();
        if (pending.isEmpty()) return tooLate();
        try {
            return limits.register(visitor, () -> signIn.register(secret().orElseThrow(), name, visitor))
                    .map(session -> welcome(name, session, next))
                    .orElseGet(this::tooLate);
        } catch (ProblemException e) {
            if (e.causes().isEmpty()) throw e;
            return page(pending.get(), name, next, FormErrors.of(e.causes()), e.status());
        }
    }

    @POST
    @Path("/link")
    public Response link(@FormParam("next") String next) {
        if (pending().isEmpty()) return tooLate();
        Person person =
                stepUp.require(PATH, Map.of("next", LocalPath.orStart(next).text()));
        if (!secret().map(secret -> signIn.link(secret, person)).orElse(false)) return tooLate();
        Response answer = Toast.seeOther(
                LocalPath.orStart(next).text(),
                "From now on your organisation signs you in as " + viewer.getName() + ".");
        return Response.fromResponse(answer)
                .cookie(PendingIdentity.COOKIE.removal(visitor.isSecure()))
                .build();
    }

    private Response welcome(String name, Secret session, String next) {
        String sentence = "Welcome, " + AccountName.canonical(name) + ". You are signed in.";
        return Response.fromResponse(Toast.seeOther(LocalPath.orStart(next).text(), sentence))
                .cookie(visitor.signedIn(session), PendingIdentity.COOKIE.removal(visitor.isSecure()))
                .build();
    }

    private Response page(PendingIdentity pending, String name, String next, FormErrors errors, int status) {
        return Response.status(status)
                .entity(Templates.show(pending.label, name, LocalPath.orStart(next), errors))
                .build();
    }

    private Optional<Secret> secret() {
        return visitor.secret(PendingIdentity.COOKIE);
    }

    private Optional<PendingIdentity> pending() {
        return secret().flatMap(signIn::pending);
    }

    private Response tooLate() {
        SignInReason reason = tenant.isConfigured() ? SignInReason.TOO_LATE : SignInReason.NOT_CONFIGURED;
        return Response.seeOther(URI.create(reason.address())).build();
    }
}
