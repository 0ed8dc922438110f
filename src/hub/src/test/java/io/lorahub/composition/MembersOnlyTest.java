package io.lorahub.composition;

import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.containsString;

import io.lorahub.account.FreshHub;
import io.lorahub.serve.Serving;
import io.lorahub.testsupport.AsBrowser;
import io.lorahub.testsupport.PostgresResource;
import io.lorahub.testsupport.Settings;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import jakarta.enterprise.event.Event;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A hub that computes for members only. */
@QuarkusTest
@QuarkusTestResource(PostgresResource.class)
@TestProfile(FreshHub.class)
@Settings({"lorahub.demo.load=true", "lorahub.composition.visitors=false"})
class MembersOnlyTest {

    private final Event<Serving> serving;

    MembersOnlyTest(Event<Serving> serving) {
        this.serving = serving;
    }

    @BeforeEach
    void load() {
        serving.fire(new Serving(true));
        await().atMost(Duration.ofSeconds(60))
                .until(() -> AsBrowser.given().get("/demo/un").statusCode() == 200);
    }

    @Test
    void visitors_convert_no_adapters() {
        AsBrowser.given()
                .formParam("for", "peft")
                .post("/demo/un/export/1.0.0")
                .then()
                .statusCode(403)
                .body(containsString("Sign in to convert adapters: this hub computes only for members."));
        AsBrowser.given()
                .get("/api/v1/adapters/demo/un/versions/1.0.0/export?for=peft")
                .then()
                .statusCode(403)
                .body(containsString("Sign in to convert adapters: this hub computes only for members."));
    }

    @Test
    void visitors_merge_no_adapters() {
        AsBrowser.given()
                .formParam("candidate", "demo/un", "demo/past")
                .formParam("weight", "1", "1")
                .post("/compose/merge")
                .then()
                .statusCode(403)
                .body(containsString("Sign in to merge adapters: this hub computes only for members."));
    }

    @Test
    void visitors_compose_nothing_and_lose_nothing_that_they_typed() {
        AsBrowser.given().get("/compose").then().statusCode(303).header("Location", containsString("/signin"));
        for (String path : List.of("/compose/preview", "/compose/draft")) {
            AsBrowser.given()
                    .multiPart("title", "half done")
                    .post(path)
                    .then()
                    .statusCode(303)
                    .header("Location", containsString("/signin"));
        }
        AsBrowser.given()
                .multiPart("do", "start")
                .multiPart("title", "half done")
                .post("/compose")
                .then()
                .statusCode(401)
                .body(containsString("You are signed out."))
                .body(containsString("value=\"half done\""));
    }
}
