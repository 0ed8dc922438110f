package io.lorahub.account.signin;

import io.lorahub.account.AccountsConfig;
import io.lorahub.account.BrowserContext;
import io.lorahub.account.Viewer;
import io.lorahub.web.FormErrors;
import io.lorahub.web.LocalPath;
import io.lorahub.web.ProblemException;
import io.quarkus.qute.CheckedTemplate;
import io.quarkus.qute.TemplateExtension;
import io.quarkus.qute.TemplateInstance;
import jakarta.ws.rs.FormParam;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.NewCookie;
import jakarta.ws.rs.core.Response;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.Optional;

/** Signs in with a password, and links to the organisation's sign-in. */
@Path("/signin")
@Produces(MediaType.TEXT_HTML)
public class SignInPage {

    private final SignIn signIn;
    private final AddressRateLimits limits;
    private final AccountsConfig config;
    private final Viewer viewer;
    private final BrowserContext visitor;

    SignInPage(SignIn signIn, AddressRateLimits limits, AccountsConfig config, Viewer viewer, BrowserContext visitor) {
        this.signIn = signIn;
        this.limits = limits;
        this.config = config;
        this.viewer = viewer;
        this.visitor = visitor;
    }

    @CheckedTemplate
    static class Templates {
        static native TemplateInstance show(
                String name,
                LocalPath next,
                String kind,
                String title,
                String detail,
                boolean registration,
                FormErrors errors);
    }

    /** Encoded for the query of another address. */
    @TemplateExtension
    static String encoded(LocalPath path) {
        return URLEncoder.encode(path.text(), StandardCharsets.UTF_8);
    }

    @GET
    public Response show(@QueryParam("next") String next, @QueryParam("note") String key) {
        LocalPath path = LocalPath.orStart(next);
        if (viewer.isSignedIn()) return Response.seeOther(path.uri()).build();
        Optional<SignInReason> note = SignInReason.of(key)
                .or(() -> Optional.of(SignInReason.COMPOSE)
                        .filter(reason -> path.uri().getPath().equals("/compose")));
        return page(
                Response.Status.OK.getStatusCode(),
                "",
                path,
                note.map(SignInReason::kind).orElse(""),
                note.map(SignInReason::title).orElse(""),
                note.map(SignInReason::detail).orElse(""));
    }

    @POST
    public Response signIn(
            @FormParam("name") String name, @FormParam("password") String password, @FormParam("next") String next) {
        LocalPath path = LocalPath.orStart(next);
        String typed = Objects.requireNonNullElse(name, "");
        try {
            limits.countSignIn(visitor);
            SignIn.Opened opened = signIn.signIn(typed, Objects.requireNonNullElse(password, ""), visitor);
            if (opened.pending() != null) {
                return Response.ok(SignInCodePage.ask(opened.pending(), path)).build();
            }
            return Response.seeOther(path.uri())
                    .cookie(opened.cookies().toArray(NewCookie[]::new))
                    .build();
        } catch (SignInException e) {
            return page(e.status(), typed, path, SignInReason.FAULT, e.title(), e.detail());
        } catch (ProblemException e) {
            Response.ResponseBuilder refused = Response.fromResponse(
                    page(e.status(), typed, path, SignInReason.FAULT, "You are not signed in.", e.getMessage()));
            e.headers().forEach(refused::header); // when to try again
            return refused.build();
        }
    }

    private Response page(int status, String name, LocalPath next, String kind, String title, String detail) {
        return Response.status(status)
                .entity(Templates.show(name, next, kind, title, detail, config.registration(), FormErrors.NONE))
                .build();
    }
}
