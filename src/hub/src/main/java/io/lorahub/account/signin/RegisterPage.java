package io.lorahub.account.signin;

import io.lorahub.account.Accounts;
import io.lorahub.account.AccountsConfig;
import io.lorahub.account.BrowserContext;
import io.lorahub.account.NewPassword;
import io.lorahub.account.Person;
import io.lorahub.account.Role;
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

/** Creates an account with a password, and signs in. */
@Path("/register")
@Produces(MediaType.TEXT_HTML)
public class RegisterPage {

    private final Accounts accounts;
    private final Sessions sessions;
    private final AddressRateLimits limits;
    private final AccountsConfig config;
    private final KnownBrowsers browsers;
    private final BrowserContext visitor;

    RegisterPage(
            Accounts accounts,
            Sessions sessions,
            AddressRateLimits limits,
            AccountsConfig config,
            KnownBrowsers browsers,
            BrowserContext visitor) {
        this.accounts = accounts;
        this.sessions = sessions;
        this.limits = limits;
        this.config = config;
        this.browsers = browsers;
        this.visitor = visitor;
    }

    @CheckedTemplate
    static class Templates {
        static native TemplateInstance show(String name, LocalPath next, FormErrors errors, boolean open);
    }

    @GET
    public TemplateInstance show(@QueryParam("next") String next) {
        return Templates.show("", LocalPath.orStart(next), FormErrors.NONE, config.registration());
    }

    @POST
    public Response register(
            @FormParam("name") @DefaultValue("") String name,
            @FormParam(NewPassword.FIELD) @DefaultValue("") String password,
            @FormParam(NewPassword.FIELD_AGAIN) @DefaultValue("") String again,
            @FormParam("next") String next) {
        LocalPath path = LocalPath.orStart(next);
        if (!config.registration()) throw ProblemException.forbidden("Accounts with passwords are turned off here.");
        try {
            Person person = limits.register(
                    visitor, () -> accounts.register(name, new NewPassword(password, again), Role.MEMBER));
            Response answer = Toast.seeOther(path.text(), "Welcome, " + person.name + ". You are signed in.");
            return Response.fromResponse(answer)
                    .cookie(visitor.signedIn(sessions.open(person, visitor)), browsers.remember(person, visitor))
                    .build();
        } catch (ProblemException e) {
            return FormErrors.show(e, errors -> Templates.show(name, path, errors, true));
        }
    }
}
