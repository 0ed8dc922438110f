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
        Person person = viewer.requireSession();
        if (isRecent()) return person;
        throw new WebApplicationException(Response.seeOther(UriBuilder.fromPath(StepUpPage.PATH)
                        .queryParam("next", "{next}")
                        .build(next))
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
