package io.lorahub.serve;

import io.lorahub.testsupport.AsBrowser;
import io.lorahub.testsupport.server.HubProcess;
import io.lorahub.web.SessionCookie;
import java.net.URI;

/** Who signs up first on a packaged hub, whose address RestAssured has, and becomes its administrator. */
final class FirstMember {

    private static final String PASSWORD = "correct horse battery";

    private FirstMember() {}

    /** Signs up; returns the session. */
    static String session(HubProcess hub) throws Exception {
        return AsBrowser.given()
                .formParam("name", "first")
                .formParam("password", PASSWORD)
                .formParam("again", PASSWORD)
                .post(URI.create(hub.awaitFirstAdminLink()).getPath())
                .cookie(SessionCookie.NAME);
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
