package io.lorahub.serve;

import io.lorahub.testsupport.AsBrowser;
import io.lorahub.testsupport.server.HubProcess;
import io.lorahub.web.SessionCookie;
import java.net.URI;

/** Who signs up first on a packaged hub, whose address RestAssured has, and becomes its administrator. */
public final class FirstMember {

    private static final String PASSWORD = "correct horse battery";

    private FirstMember() {}

    /** Signs up; returns the session. */
    static String session(HubProcess hub) throws Exception {
        return session(URI.create(hub.awaitFirstAdminLink()));
    }

    /** Signs up at the link that a new hub prints; returns the session. */
    public static String session(URI link) {
        return AsBrowser.given()
                .formParam("name", "first")
                .formParam("password", PASSWORD)
                .formParam("again", PASSWORD)
                .post(link.getPath())
                .cookie(SessionCookie.NAME);
    }

    /** Queues a run of two of the demo's adapters, which takes seconds; returns its id. */
    public static String startRun(String session) {
        return AsBrowser.given(session)
                .contentType("application/json")
                .body(
                        "{\"title\": \"un-past\", \"candidates\": [\"demo/un\", \"demo/past\"], \"budget\": 20, \"examples\": ["
                                + "{\"input\": \"motif\", \"output\": \"unmotifed\"}, {\"input\": \"lock\", \"output\": \"unlocked\"}]}")
                .post("/api/v1/runs")
                .then()
                .statusCode(201)
                .extract()
                .path("id");
    }

    /** An access token that can write. */
    static String token(String session) {
        return AsBrowser.given(session)
                .contentType("application/json")
                .body("{\"name\": \"uploads\", \"scope\": \"write\"}")
                .post("/api/v1/me/tokens")
                .then()
                .statusCode(201)
                .extract()
                .path("token");
    }
}
