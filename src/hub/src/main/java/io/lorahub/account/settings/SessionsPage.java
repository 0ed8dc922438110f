package io.lorahub.account.settings;

import io.lorahub.account.BrowserContext;
import io.lorahub.account.Person;
import io.lorahub.account.Viewer;
import io.lorahub.account.signin.Sessions;
import io.lorahub.web.ProblemException;
import io.lorahub.web.Toast;
import io.quarkus.qute.CheckedTemplate;
import io.quarkus.qute.TemplateInstance;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The browsers in which the person is signed in. */
@Path("/settings/sessions")
@Produces(MediaType.TEXT_HTML)
public class SessionsPage {

    private final Sessions sessions;
    private final Viewer viewer;
    private final BrowserContext visitor;

    SessionsPage(Sessions sessions, Viewer viewer, BrowserContext visitor) {
        this.sessions = sessions;
        this.viewer = viewer;
        this.visitor = visitor;
    }

    /** @param mine whether it is the session of this request */
    record Row(long id, BrowserName browser, Instant createdAt, Instant lastSeenAt, Instant expiresAt, boolean mine) {}

    @CheckedTemplate
    static class Templates {
        static native TemplateInstance show(List<Row> sessions);
    }

    @GET
    public TemplateInstance show() {
        Person person = viewer.requireSession();
        long own = viewer.session().orElseThrow();
        return Templates.show(sessions.of(person).stream()
                .map(session -> new Row(
                        session.id,
                        BrowserName.of(session.userAgent),
                        session.createdAt,
                        session.lastSeenAt,
                        session.expiresAt,
                        session.id == own))
                .toList());
    }

    @POST
    @Path("/{id}/end")
    public Response end(@PathParam("id") long id) {
        if (!sessions.end(viewer.requireSession(), id)) throw ProblemException.notFound("session");
        return Toast.seeOther("/settings/sessions", "That browser is signed out.");
    }

    @POST
    @Path("/end-all")
    public Response endAll() {
        sessions.signOutEverywhere(viewer.requireSession());
        return Response.fromResponse(Toast.seeOther("/signin", "You are signed out everywhere."))
                .cookie(visitor.signedOut())
                .build();
    }

    /**
     * The common name of a browser, guessed from its User-Agent. Only for recognising it in a list.
     *
     * @param name   such as Firefox
     * @param system such as Linux; empty if unknown
     */
    record BrowserName(String name, String system) {

        /** Order matters: Edge also claims to be Chrome, and Chrome claims to be Safari. */
        private static final Map<String, String> NAMES = ordered(
                "Edg",
                "Edge",
                "OPR/",
                "Opera",
                "Firefox/",
                "Firefox",
                "FxiOS",
                "Firefox",
                "CriOS",
                "Chrome",
                "Chrome/",
                "Chrome",
                "Safari/",
                "Safari",
                "curl/",
                "curl",
                "python",
                "Python",
                "Java",
                "Java");

        private static final Map<String, String> SYSTEMS = ordered(
                "Android",
                "Android",
                "iPhone",
                "iPhone",
                "iPad",
                "iPad",
                "Windows",
                "Windows",
                "Mac OS",
                "macOS",
                "CrOS",
                "ChromeOS",
                "Linux",
                "Linux");

        static BrowserName of(String userAgent) {
            return new BrowserName(find(NAMES, userAgent, "Unknown browser"), find(SYSTEMS, userAgent, ""));
        }

        private static String find(Map<String, String> known, String userAgent, String otherwise) {
            return known.entrySet().stream()
                    .filter(entry -> userAgent.contains(entry.getKey()))
                    .map(Map.Entry::getValue)
                    .findFirst()
                    .orElse(otherwise);
        }

        private static Map<String, String> ordered(String... pairs) {
            Map<String, String> map = new LinkedHashMap<>();
            for (int i = 0; i < pairs.length; i += 2) map.put(pairs[i], pairs[i + 1]);
            return map;
        }
    }
}
