package io.lorahub.account.signin;

import io.lorahub.account.BrowserContext;
import io.lorahub.web.Toast;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.Response;

/** Ends the session of the requesting browser. */
@Path("/signout")
public class SignOutPage {

    private final Sessions sessions;
    private final BrowserContext visitor;

    SignOutPage(Sessions sessions, BrowserContext visitor) {
        this.sessions = sessions;
        this.visitor = visitor;
    }

    @POST
    public Response signOut() {
        sessions.signOut(visitor);
        return Response.fromResponse(Toast.seeOther("/", "You are signed out."))
                .cookie(visitor.signedOut())
                .build();
    }
}
