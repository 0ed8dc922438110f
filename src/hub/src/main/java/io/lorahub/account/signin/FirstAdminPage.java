package io.lorahub.account.signin;

import io.lorahub.account.BrowserContext;
import io.lorahub.account.NewPassword;
import io.lorahub.account.Person;
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
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;

/** The page behind the link that a new hub prints. */
@Path("/first-admin/{secret}")
@Produces(MediaType.TEXT_HTML)
public class FirstAdminPage {

    private final FirstAdmin firstAdmin;
    private final Sessions sessions;
    private final KnownBrowsers browsers;
    private final BrowserContext visitor;

    FirstAdminPage(FirstAdmin firstAdmin, Sessions sessions, KnownBrowsers browsers, BrowserContext visitor) {
        this.firstAdmin = firstAdmin;
        this.sessions = sessions;
        this.browsers = browsers;
        this.visitor = visitor;
    }

    @CheckedTemplate
    static class Templates {
        static native TemplateInstance show(String name, FormErrors errors);
    }

    @GET
    public TemplateInstance show(@PathParam("secret") String secret) {
        if (!firstAdmin.isGood(secret)) throw ended();
        return Templates.show("", FormErrors.NONE);
    }

    @POST
    public Response register(
            @PathParam("secret") String secret,
            @FormParam("name") @DefaultValue("") String name,
            @FormParam(NewPassword.FIELD) @DefaultValue("") String password,
            @FormParam(NewPassword.FIELD_AGAIN) @DefaultValue("") String again) {
        Person admin;
        try {
            admin = firstAdmin
                    .register(secret, name, new NewPassword(password, again))
                    .orElseThrow(FirstAdminPage::ended);
        } catch (ProblemException e) {
            if (e.causes().isEmpty()) throw e;
            return FormErrors.show(e, errors -> Templates.show(name, errors));
        }
        return Response.fromResponse(Toast.seeOther("/", "Welcome, " + admin.name + ". You are the administrator."))
                .cookie(visitor.signedIn(sessions.open(admin, visitor)), browsers.remember(admin, visitor))
                .build();
    }

    private static ProblemException ended() {
        return ProblemException.gone(
                "This link was already used, or it is older than seven days. Until there is an administrator, LoraHub"
                        + " prints a new one each time it starts.");
    }
}
