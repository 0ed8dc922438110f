package io.lorahub.account.signin;

import io.lorahub.account.BrowserContext;
import io.lorahub.account.Secret;
import io.lorahub.web.FieldError;
import io.lorahub.web.FormErrors;
import io.lorahub.web.LocalPath;
import io.quarkus.qute.CheckedTemplate;
import io.quarkus.qute.TemplateInstance;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.FormParam;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.NewCookie;
import jakarta.ws.rs.core.Response;
import java.net.URI;
import java.util.List;

/** Asks for the second factor after the password. */
@Path("/signin/code")
@Produces(MediaType.TEXT_HTML)
public class SignInCodePage {

    private final SignIn signIn;
    private final BrowserContext visitor;

    SignInCodePage(SignIn signIn, BrowserContext visitor) {
        this.signIn = signIn;
        this.visitor = visitor;
    }

    @CheckedTemplate
    static class Templates {
        static native TemplateInstance show(String pending, LocalPath next, FormErrors errors);
    }

    static TemplateInstance ask(Secret pending, LocalPath next) {
        return Templates.show(pending.text(), next, FormErrors.NONE);
    }

    @POST
    public Response signIn(
            @FormParam("pending") @DefaultValue("") String pending,
            @FormParam("code") @DefaultValue("") String code,
            @FormParam("next") String next) {
        LocalPath path = LocalPath.orStart(next);
        try {
            return signIn.finish(pending, code, visitor)
                    .map(opened -> Response.seeOther(path.uri())
                            .cookie(opened.cookies().toArray(NewCookie[]::new))
                            .build())
                    .orElseGet(() -> Response.seeOther(URI.create(SignInReason.TOO_LATE.address()))
                            .build());
        } catch (SignInException e) {
            FieldError cause = new FieldError("code", (e.title() + " " + e.detail()).strip());
            return Response.status(e.status())
                    .entity(Templates.show(pending, path, FormErrors.of(List.of(cause))))
                    .build();
        }
    }
}
