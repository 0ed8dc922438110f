package io.lorahub.organisation;

import io.lorahub.account.Viewer;
import io.lorahub.web.ProblemException;
import io.lorahub.web.Toast;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.core.Response;

/** Undoes a link to the organisation's sign-in; the list is on the page of the password. */
@Path("/settings/organisation")
public class UnlinkPage {

    private final OrganisationSignIn signIn;
    private final Viewer viewer;

    UnlinkPage(OrganisationSignIn signIn, Viewer viewer) {
        this.signIn = signIn;
        this.viewer = viewer;
    }

    @POST
    @Path("/{id}/unlink")
    public Response unlink(@PathParam("id") long id) {
        if (!signIn.unlink(viewer.requireSession(), id)) throw ProblemException.notFound("link");
        return Toast.seeOther("/settings/password", "That sign-in is not yours any more.");
    }
}
