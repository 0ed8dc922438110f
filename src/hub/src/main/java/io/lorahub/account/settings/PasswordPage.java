package io.lorahub.account.settings;

import io.lorahub.account.BrowserContext;
import io.lorahub.account.NewPassword;
import io.lorahub.account.Person;
import io.lorahub.account.Viewer;
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
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;

/** Changes the password, or sets the first one. */
@Path("/settings/password")
@Produces(MediaType.TEXT_HTML)
public class PasswordPage {

    private final PasswordChange change;
    private final StepUpAuthentication stepUp;
    private final KnownBrowsers browsers;
    private final Viewer viewer;
    private final BrowserContext visitor;

    PasswordPage(
            PasswordChange change,
            StepUpAuthentication stepUp,
            KnownBrowsers browsers,
            Viewer viewer,
            BrowserContext visitor) {
        this.stepUp = stepUp;
        this.change = change;
        this.browsers = browsers;
        this.viewer = viewer;
        this.visitor = visitor;
    }

    @CheckedTemplate
    static class Templates {
        static native TemplateInstance show(Person person, FormErrors errors);
    }

    @GET
    public TemplateInstance show() {
        return Templates.show(viewer.requireSession(), FormErrors.NONE);
    }

    @POST
    public Response change(
            @FormParam("current") @DefaultValue("") String current,
            @FormParam(NewPassword.FIELD) @DefaultValue("") String password,
            @FormParam(NewPassword.FIELD_AGAIN) @DefaultValue("") String again) {
        Person person = viewer.requireSession();
        if (person.passwordHash == null) stepUp.require("/settings/password");
        try {
            change.change(
                    person,
                    current,
                    new NewPassword(password, again),
                    viewer.session().orElseThrow());
            return Response.fromResponse(Toast.seeOther(
                            "/settings/password", "The new password is set. Other browsers are signed out."))
                    .cookie(browsers.remember(person, visitor))
                    .build();
        } catch (ProblemException e) {
            return FormErrors.show(e, errors -> Templates.show(person, errors));
        }
    }
}
