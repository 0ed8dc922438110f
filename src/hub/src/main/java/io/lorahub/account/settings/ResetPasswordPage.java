package io.lorahub.account.settings;

import io.lorahub.account.BrowserContext;
import io.lorahub.account.NewPassword;
import io.lorahub.account.Person;
import io.lorahub.account.signin.KnownBrowsers;
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

/** The page behind the link that an administrator creates for a forgotten password. */
@Path("/reset-password/{secret}")
@Produces(MediaType.TEXT_HTML)
public class ResetPasswordPage {

    private final PasswordReset reset;
    private final KnownBrowsers browsers;
    private final BrowserContext visitor;

    ResetPasswordPage(PasswordReset reset, KnownBrowsers browsers, BrowserContext visitor) {
        this.reset = reset;
        this.browsers = browsers;
        this.visitor = visitor;
    }

    @CheckedTemplate
    static class Templates {
        static native TemplateInstance show(String name, FormErrors errors);
    }

    @GET
    public TemplateInstance show(@PathParam("secret") String secret) {
        return Templates.show(reset.nameOf(secret).orElseThrow(ResetPasswordPage::ended), FormErrors.NONE);
    }

    @POST
    public Response set(
            @PathParam("secret") String secret,
            @FormParam(NewPassword.FIELD) @DefaultValue("") String password,
            @FormParam(NewPassword.FIELD_AGAIN) @DefaultValue("") String again) {
        String name = reset.nameOf(secret).orElseThrow(ResetPasswordPage::ended);
        try {
            Person person =
                    reset.reset(secret, new NewPassword(password, again)).orElseThrow(ResetPasswordPage::ended);
            // strangers who go on trying passwords don't lock this browser
            return Response.fromResponse(Toast.seeOther("/signin", "The new password is set. Sign in with it."))
                    .cookie(browsers.remember(person, visitor))
                    .build();
        } catch (ProblemException e) {
            if (e.causes().isEmpty()) throw e;
            return FormErrors.show(e, errors -> Templates.show(name, errors));
        }
    }

    private static ProblemException ended() {
        return ProblemException.gone(
                "This link was already used, has expired, or was replaced by a newer one. Ask an administrator for another one.");
    }
}
