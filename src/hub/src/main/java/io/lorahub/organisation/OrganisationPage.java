package io.lorahub.organisation;

import io.lorahub.account.BrowserContext;
import io.lorahub.account.signin.SignInReason;
import io.lorahub.web.LocalPath;
import io.quarkus.oidc.IdTokenCredential;
import io.quarkus.oidc.OidcSession;
import io.quarkus.security.identity.SecurityIdentity;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Response;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import org.eclipse.microprofile.jwt.JsonWebToken;

/**
 * The page to which the provider sends people back. The cookies of the provider's sign-in are dropped immediately: from
 * here on only our own session counts, which can be ended here.
 */
@Path(OrganisationTenant.PATH)
public class OrganisationPage {

    private final OrganisationSignIn signIn;
    private final AdmissionRules admission;
    private final OidcSession providerSession;
    private final SecurityIdentity identity;
    private final BrowserContext visitor;

    OrganisationPage(
            OrganisationSignIn signIn,
            AdmissionRules admission,
            OidcSession providerSession,
            SecurityIdentity identity,
            BrowserContext visitor) {
        this.signIn = signIn;
        this.admission = admission;
        this.providerSession = providerSession;
        this.identity = identity;
        this.visitor = visitor;
    }

    @GET
    public Response arrive(@QueryParam("next") String next) {
        // Only the exact path uses the code flow; with a trailing slash, this page is reached without it.
        if (identity.getCredential(IdTokenCredential.class) == null) {
            return Response.seeOther(URI.create(OrganisationTenant.PATH)).build();
        }
        JsonWebToken idToken = providerSession.getIdToken();
        Claims claims = Claims.of(idToken);
        boolean admitted = admission.admits(idToken);
        providerSession.logout().await().indefinitely();
        if (!admitted) {
            signIn.noteRefusal(claims);
            return Response.seeOther(URI.create(SignInReason.NOT_ADMITTED.address()))
                    .build();
        }
        LocalPath path = LocalPath.orStart(next);
        return signIn.signIn(claims, visitor)
                .map(session -> Response.seeOther(path.uri()).cookie(visitor.signedIn(session)))
                .orElseGet(() -> Response.seeOther(ask(path))
                        .cookie(PendingIdentity.COOKIE.of(
                                signIn.arrive(claims).text(), PendingIdentity.LIFE, visitor.isSecure())))
                .build();
    }

    private static URI ask(LocalPath next) {
        return URI.create(PendingIdentityPage.PATH + "?next=" + URLEncoder.encode(next.text(), StandardCharsets.UTF_8));
    }
}
