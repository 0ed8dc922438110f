package io.lorahub.account.deletion;

import io.lorahub.account.BrowserContext;
import io.lorahub.account.Person;
import io.lorahub.account.Viewer;
import io.lorahub.account.settings.StepUpAuthentication;
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

/** Deletes the viewer's own account, on a separate page because it cannot be undone. */
@Path("/settings/delete")
@Produces(MediaType.TEXT_HTML)
public class AccountDeletionPage {

    private final AccountDeletion deletion;
    private final StepUpAuthentication stepUp;
    private final Viewer viewer;
    private final BrowserContext visitor;

    AccountDeletionPage(AccountDeletion deletion, StepUpAuthentication stepUp, Viewer viewer, BrowserContext visitor) {
        this.stepUp = stepUp;
        this.deletion = deletion;
        this.viewer = viewer;
        this.visitor = visitor;
    }

    @CheckedTemplate
    static class Templates {
        static native TemplateInstance show(Person person, AccountDeletion.OwnAdapters own, FormErrors errors);
    }

    @GET
    public TemplateInstance show() {
        Person person = viewer.requireSession();
        return Templates.show(person, deletion.adaptersOf(person), FormErrors.NONE);
    }

    @POST
    public Response delete(
            @FormParam("current") @DefaultValue("") String confirmation,
            @FormParam("adapters") @DefaultValue("0") int adapters) {
        Person person = viewer.requireSession();
        if (person.passwordHash == null) stepUp.require("/settings/delete");
        try {
            deletion.delete(person, confirmation, adapters, viewer.session().orElseThrow());
        } catch (ProblemException e) {
            return FormErrors.show(e, errors -> Templates.show(person, deletion.adaptersOf(person), errors));
        }
        return Response.fromResponse(Toast.seeOther("/", "Your account is deleted."))
                .cookie(visitor.signedOut())
                .build();
    }
}
