package io.lorahub.account.settings;

import io.lorahub.account.Person;
import io.lorahub.account.PersonSession;
import io.lorahub.account.Viewer;
import io.lorahub.account.signin.SecondFactors;
import io.lorahub.account.signin.SignInThrottle;
import io.lorahub.web.FieldError;
import io.lorahub.web.FormErrors;
import io.lorahub.web.LocalPath;
import io.lorahub.web.ProblemException;
import io.lorahub.web.Toast;
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

/**
 * Asks a signed-in person for the password again, and for a code of the second factor if there is one, before actions
 * guarded by {@link StepUpAuthentication}.
 */
@Path(StepUpPage.PATH)
@Produces(MediaType.TEXT_HTML)
public class StepUpPage {

    static final String PATH = "/settings/confirm";

    private final PasswordChange passwords;
    private final SecondFactors factors;
    private final SignInThrottle tries;
    private final Viewer viewer;

    StepUpPage(PasswordChange passwords, SecondFactors factors, SignInThrottle tries, Viewer viewer) {
        this.passwords = passwords;
        this.factors = factors;
        this.tries = tries;
        this.viewer = viewer;
    }

    @CheckedTemplate
    static class Templates {
        static native TemplateInstance show(Person person, boolean asksCode, LocalPath next, FormErrors errors);
    }

    @GET
    public TemplateInstance show(@QueryParam("next") String next) {
        return form(viewer.requireSession(), LocalPath.orStart(next), FormErrors.NONE);
    }

    @POST
    @Transactional
    public Response confirm(
            @FormParam("current") @DefaultValue("") String current,
            @FormParam("code") @DefaultValue("") String code,
            @FormParam("next") @DefaultValue("") String next) {
        Person person = viewer.requireSession();
        LocalPath path = LocalPath.orStart(next);
        long session = viewer.session().orElseThrow();
        Optional<FieldError> fault =
                passwords.currentFault(person, current, session).or(() -> codeFault(person, code, session));
        if (fault.isPresent()) {
            return FormErrors.show(
                    ProblemException.invalid(fault.stream().toList()), errors -> form(person, path, errors));
        }
        PersonSession.update("authenticatedAt = ?1 where id = ?2", Instant.now(), session);
        return Toast.seeOther(path.text(), "Confirmed. Nothing has changed yet: press the button once more.");
    }

    private TemplateInstance form(Person person, LocalPath next, FormErrors errors) {
        return Templates.show(person, factors.of(person).isPresent(), next, errors);
    }

    private Optional<FieldError> codeFault(Person person, String code, long session) {
        if (factors.of(person).isEmpty()) return Optional.empty();
        String source = SignInThrottle.codeOf(session);
        if (tries.count(person.name, source).isLocked()) {
            return Optional.of(
                    new FieldError("code", "There were too many wrong codes; try again in a quarter of an hour."));
        }
        if (!factors.takes(person, code)) {
            return Optional.of(
                    new FieldError("code", "This code is wrong or too old. Type the one that the app shows now."));
        }
        tries.forget(person.name, source);
        return Optional.empty();
    }
}
