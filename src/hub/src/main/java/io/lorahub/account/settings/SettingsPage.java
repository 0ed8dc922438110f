package io.lorahub.account.settings;

import io.lorahub.account.Person;
import io.lorahub.account.Viewer;
import io.lorahub.web.FormErrors;
import io.lorahub.web.ProblemException;
import io.lorahub.web.Toast;
import io.lorahub.web.budget.RequestBudgets;
import io.quarkus.qute.CheckedTemplate;
import io.quarkus.qute.TemplateInstance;
import jakarta.ws.rs.FormParam;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;

/** Edits a person's details about themselves. */
@Path("/settings")
@Produces(MediaType.TEXT_HTML)
public class SettingsPage {

    private final Profiles profiles;
    private final Viewer viewer;
    private final RequestBudgets budgets;

    SettingsPage(Profiles profiles, Viewer viewer, RequestBudgets budgets) {
        this.profiles = profiles;
        this.viewer = viewer;
        this.budgets = budgets;
    }

    @CheckedTemplate
    static class Templates {
        static native TemplateInstance show(Person person, Profile profile, FormErrors errors);
    }

    @GET
    public TemplateInstance show() {
        Person person = viewer.requireSession();
        return Templates.show(person, profiles.of(person), FormErrors.NONE);
    }

    @POST
    public Response save(
            @FormParam("display_name") String displayName,
            @FormParam("email") String email,
            @FormParam("about") String about) {
        Person person = viewer.requireSession();
        Profile profile = new Profile(displayName, email, about);
        try {
            // the name is in the search text of each of their adapters; several at once would wait in the database
            budgets.current().compute(() -> {
                profiles.save(person, profile);
                return null;
            });
            return Toast.seeOther("/settings", "Your profile is saved.");
        } catch (ProblemException e) {
            return FormErrors.show(e, errors -> Templates.show(person, profile, errors));
        }
    }
}
