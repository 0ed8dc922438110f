package io.lorahub.account.settings;

import io.lorahub.account.Person;
import io.lorahub.account.Viewer;
import io.lorahub.account.signin.SecondFactor;
import io.lorahub.account.signin.SecondFactors;
import io.lorahub.web.CachePolicy;
import io.lorahub.web.FieldError;
import io.lorahub.web.FormErrors;
import io.lorahub.web.ProblemException;
import io.lorahub.web.Toast;
import io.nayuki.qrcodegen.QrCode;
import io.quarkus.qute.CheckedTemplate;
import io.quarkus.qute.TemplateInstance;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.FormParam;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.UriBuilder;
import java.util.List;
import java.util.Optional;

/** Turns the second factor on and off. */
@Path(SecondFactorPage.PATH)
@Produces(MediaType.TEXT_HTML)
public class SecondFactorPage {

    static final String PATH = "/settings/second-factor";

    private final SecondFactors factors;
    private final StepUpAuthentication stepUp;
    private final Viewer viewer;

    SecondFactorPage(SecondFactors factors, StepUpAuthentication stepUp, Viewer viewer) {
        this.factors = factors;
        this.stepUp = stepUp;
        this.viewer = viewer;
    }

    /**
     * A QR code as an SVG path: a square of side 1 for each dark module.
     *
     * @param side side of the whole code, including the quiet zone that scanners need
     */
    record QrDrawing(int side, String path) {

        private static final int QUIET = 4;

        static QrDrawing of(String text) {
            QrCode code = QrCode.encodeText(text, QrCode.Ecc.MEDIUM);
            StringBuilder path = new StringBuilder();
            for (int y = 0; y < code.size; y++) {
                for (int x = 0; x < code.size; x++) {
                    if (code.getModule(x, y)) path.append("M%d %dh1v1h-1z".formatted(x + QUIET, y + QUIET));
                }
            }
            return new QrDrawing(code.size + 2 * QUIET, path.toString());
        }
    }

    @CheckedTemplate
    static class Templates {
        static native TemplateInstance off(Person person);

        static native TemplateInstance setup(Person person, String secret, QrDrawing qr, FormErrors errors);

        static native TemplateInstance on(SecondFactor factor, long codes);

        static native TemplateInstance codes(List<String> codes);
    }

    /** The secret must not be visible to a person who merely finds an open browser. */
    @GET
    public Response show() {
        Person person = viewer.requireSession();
        Optional<SecondFactor> on = factors.of(person);
        if (on.isPresent()) {
            return Response.ok(Templates.on(on.get(), factors.recoveryCodesOf(person)))
                    .build();
        }
        if (factors.unconfirmed(person).isEmpty())
            return Response.ok(Templates.off(person)).build();
        stepUp.require(PATH);
        return neverKept(Response.ok(setup(person, FormErrors.NONE)));
    }

    @POST
    @Path("/begin")
    public Response begin() {
        Person person = stepUp.require(PATH);
        if (person.passwordHash == null) {
            throw ProblemException.conflict(
                    "You have no password here. Your organisation can ask for a second factor.");
        }
        factors.begin(person);
        return Toast.seeOther(PATH, "Scan the code with your app.");
    }

    /** Answers with the recovery codes instead of a redirect, because they are shown only once. */
    @POST
    @Path("/confirm")
    public Response confirm(@FormParam("code") @DefaultValue("") String code) {
        Person person = stepUp.require(PATH);
        if (factors.unconfirmed(person).isEmpty()) throw ProblemException.conflict("Start with “Set up”.");
        List<String> codes = factors.confirm(person, code);
        if (!codes.isEmpty()) return neverKept(Response.ok(Templates.codes(codes)));
        FieldError wrong =
                new FieldError("code", "This code is wrong or too old. Type the one that the app shows now.");
        return neverKept(Response.status(422).entity(setup(person, FormErrors.of(List.of(wrong)))));
    }

    @POST
    @Path("/remove")
    public Response remove() {
        if (!factors.remove(stepUp.require(PATH))) throw ProblemException.conflict("There is no second factor.");
        return Toast.seeOther(PATH, "The second factor is off.");
    }

    /** @see <a href="https://github.com/google/google-authenticator/wiki/Key-Uri-Format">Key URI format</a> */
    private TemplateInstance setup(Person person, FormErrors errors) {
        String secret = factors.unconfirmed(person).orElseThrow();
        String uri = UriBuilder.fromUri("otpauth://totp/LoraHub:{name}")
                .queryParam("secret", secret)
                .queryParam("issuer", "LoraHub")
                .build(person.name)
                .toString();
        return Templates.setup(person, secret, QrDrawing.of(uri), errors);
    }

    private static Response neverKept(Response.ResponseBuilder answer) {
        return answer.header(HttpHeaders.CACHE_CONTROL, CachePolicy.NO_STORE.value())
                .build();
    }
}
