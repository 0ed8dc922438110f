package io.lorahub.account;

import io.lorahub.web.Cause;
import io.lorahub.web.FormErrors;
import io.lorahub.web.LocalPath;
import io.lorahub.web.ProblemException;
import io.quarkus.qute.CheckedTemplate;
import io.quarkus.qute.TemplateInstance;
import jakarta.transaction.Transactional;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.FormParam;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.time.Instant;
import java.util.Optional;

/** Asks who is signed in for the password again, before what {@link StepUp} guards. */
@Path(ConfirmPage.PATH)
@Produces(MediaType.TEXT_HTML)
public class ConfirmPage {

    static final String PATH = "/settings/confirm";

    private final PasswordChange passwords;
    private final Viewer viewer;

    ConfirmPage(PasswordChange passwords, Viewer viewer) {
        this.passwords = passwords;
        this.viewer = viewer;
    }

    @CheckedTemplate
    static class Templates {
        static native TemplateInstance show(Person person, LocalPath next, FormErrors errors);
    }

    @GET
    public TemplateInstance show(@QueryParam("next") String next) {
        return Templates.show(viewer.requireSession(), LocalPath.orStart(next), FormErrors.NONE);
    }

    @POST
    @Transactional
    public Response confirm(
            @FormParam("current") @DefaultValue("") String current, @FormParam("next") @DefaultValue("") String next) {
        Person person = viewer.requireSession();
        LocalPath path = LocalPath.orStart(next);
        long session = viewer.session().orElseThrow();
        Optional<Cause> fault = passwords.currentFault(person, current, session);
        if (fault.isPresent()) {
            return Refusal.show(
                    ProblemException.invalid(fault.stream().toList()), errors -> Templates.show(person, path, errors));
        }
        PersonSession.update("authenticatedAt = ?1 where id = ?2", Instant.now(), session);
        return Response.seeOther(path.uri()).build();
    }
}
