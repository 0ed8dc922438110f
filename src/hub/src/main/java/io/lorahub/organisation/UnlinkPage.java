package io.lorahub.organisation;

import io.lorahub.account.settings.StepUpAuthentication;
import io.lorahub.web.ProblemException;
import io.lorahub.web.Toast;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.core.Response;

/** Removes a link to the organisation's sign-in; the list of links is on the password page. */
@Path("/settings/organisation")
public class UnlinkPage {

    private final OrganisationSignIn signIn;
    private final StepUpAuthentication stepUp;

    UnlinkPage(OrganisationSignIn signIn, StepUpAuthentication stepUp) {
        this.signIn = signIn;
        this.stepUp = stepUp;
    }

    @POST
    @Path("/{id}/unlink")
    public Response unlink(@PathParam("id") long id) {
        if (!signIn.unlink(stepUp.require("/settings/password"), id)) throw ProblemException.notFound("link");
        return Toast.seeOther("/settings/password", "That sign-in is no longer linked to your account.");
    }
}
