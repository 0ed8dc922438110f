package io.lorahub.account.settings;

import io.lorahub.account.AccountsConfig;
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
    private final AccountsConfig config;
    private final KnownBrowsers browsers;
    private final Viewer viewer;
    private final BrowserContext visitor;

    PasswordPage(
            PasswordChange change,
            StepUpAuthentication stepUp,
            AccountsConfig config,
            KnownBrowsers browsers,
            Viewer viewer,
            BrowserContext visitor) {
        this.stepUp = stepUp;
        this.config = config;
        this.change = change;
        this.browsers = browsers;
        this.viewer = viewer;
        this.visitor = visitor;
    }

    @CheckedTemplate
    static class Templates {
        static native TemplateInstance show(Person person, boolean form, FormErrors errors);
    }

    @GET
    public TemplateInstance show() {
        Person person = viewer.requireSession();
        return Templates.show(person, mayHavePassword(person), FormErrors.NONE);
    }

    /** With a password, people could sign in after the organisation has dismissed them. */
    private boolean mayHavePassword(Person person) {
        return person.passwordHash != null || config.registration();
    }

    @POST
    public Response change(
            @FormParam("current") @DefaultValue("") String current,
            @FormParam(NewPassword.FIELD) @DefaultValue("") String password,
            @FormParam(NewPassword.FIELD_AGAIN) @DefaultValue("") String again) {
        Person person = viewer.requireSession();
        if (person.passwordHash == null) {
            if (!mayHavePassword(person)) {
                throw ProblemException.forbidden(
                        "On this hub, accounts are of the organisation, and its sign-in is the only one. An administrator can make a link for a password.");
            }
            stepUp.require("/settings/password");
        }
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
            return FormErrors.show(e, errors -> Templates.show(person, true, errors));
        }
    }
}
