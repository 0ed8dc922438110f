package io.lorahub.account.settings;

import io.lorahub.account.Person;
import io.lorahub.account.Viewer;
import io.lorahub.web.ProblemException;
import jakarta.enterprise.context.RequestScoped;
import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.UriBuilder;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;

/**
 * Guards actions that a stolen session must not allow, such as taking over accounts: the person must have authenticated
 * recently, or must do so again.
 */
@RequestScoped
public class StepUpAuthentication {

    static final Duration RECENT = Duration.ofMinutes(10);

    private final Viewer viewer;

    StepUpAuthentication(Viewer viewer) {
        this.viewer = viewer;
    }

    /**
     * Returns the signed-in person, or redirects to a page that asks for authentication and then leads to the next
     * page.
     *
     * @param next path of the page with the form
     */
    public Person require(String next) {
        return require(next, Map.of());
    }

    /**
     * The same for a form in which something was chosen.
     *
     * @param chosen values by the names of the form's fields, which the page reads from its query; no secrets
     */
    public Person require(String next, Map<String, String> chosen) {
        Person person = viewer.requireSession();
        if (isRecent()) return person;
        UriBuilder page = UriBuilder.fromPath(next);
        chosen.forEach((name, value) -> page.queryParam(name, "{" + name + "}"));
        throw new WebApplicationException(Response.seeOther(UriBuilder.fromPath(StepUpPage.PATH)
                        .queryParam("next", "{next}")
                        .build(page.buildFromMap(chosen)))
                .build());
    }

    public Person requireByApi() {
        Person person = viewer.requireSession();
        if (isRecent()) return person;
        throw ProblemException.forbidden("Enter your password again at %s, and repeat this within %d minutes."
                .formatted(StepUpPage.PATH, RECENT.toMinutes()));
    }

    private boolean isRecent() {
        return viewer.authenticatedAt()
                .filter(at -> at.isAfter(Instant.now().minus(RECENT)))
                .isPresent();
    }
}
