package io.lorahub.composition.merge;

import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.not;

import io.lorahub.testsupport.AsBrowser;
import io.lorahub.testsupport.DemoOnHub;
import io.lorahub.testsupport.Hub;
import io.lorahub.testsupport.PostgresResource;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.Response;
import java.util.List;
import org.junit.jupiter.api.Test;

@QuarkusTest
@QuarkusTestResource(PostgresResource.class)
class MergePageTest extends MergeFixture {

    MergePageTest(Hub hub, DemoOnHub demo) {
        super(hub, demo);
    }

    @Test
    void a_member_merges_the_candidates_on_the_page() {
        String session = hub.session(member);
        var cookies = AsBrowser.given(session)
                .formParam("adapter", adapters)
                .post("/candidates/add")
                .cookies();
        AsBrowser.given(session)
                .cookies(cookies)
                .get("/candidates")
                .then()
                .body(containsString("href=\"/compose/merge\""));
        AsBrowser.given(session)
                .cookies(cookies)
                .get(PAGE)
                .then()
                .statusCode(200)
                .body(containsString("Weight of " + adapters.get(0)), containsString("dare_ties_svd"));

        AsBrowser.given(session)
                .formParam("candidate", adapters)
                .formParam("weight", List.of("0,7", "much"))
                .formParam("method", "ties")
                .formParam("density", "")
                .post(PAGE)
                .then()
                .statusCode(422)
                .body(
                        containsString("Use numbers such as 0.75."),
                        containsString("needs the density"),
                        containsString("id=\"f-weights-error\""),
                        containsString("aria-invalid=\"true\" aria-describedby=\"f-weights-error\""),
                        containsString("value=\"much\""));

        Response sent = AsBrowser.given(session)
                .formParam("candidate", adapters)
                .formParam("weight", List.of("0,7", "-0.4"))
                .formParam("method", "ties")
                .formParam("density", "0.5")
                .formParam("majority_sign_method", "")
                .formParam("seed", "")
                .formParam("rank", "")
                .post(PAGE);
        sent.then().statusCode(303);
        String page = sent.header("Location").replaceFirst("^https?://[^/]+", "");
        await().atMost(SOON)
                .until(() -> AsBrowser.given(session).get(page).asString().contains("adapter.zip"));
        AsBrowser.given(session)
                .get(page)
                .then()
                .body(containsString("-0.4"), not(containsString("waiting for a worker")));
        AsBrowser.given(session)
                .get(page + "/adapter.zip")
                .then()
                .statusCode(200)
                .header("Content-Disposition", containsString("merge-ties.zip"))
                .header("Cache-Control", "private, no-cache");
    }

    @Test
    void a_visitor_merges_too_and_finds_it_by_a_cookie() {
        Response sent = AsBrowser.given()
                .formParam("candidate", adapters)
                .formParam("weight", List.of("1", "1"))
                .formParam("method", "cat")
                .post(PAGE);

        sent.then().statusCode(303);
        String page = sent.header("Location").replaceFirst("^https?://[^/]+", "");
        await().atMost(SOON)
                .until(() -> AsBrowser.given()
                        .cookies(sent.cookies())
                        .get(page)
                        .asString()
                        .contains("adapter.zip"));
        AsBrowser.given().get(page).then().statusCode(404);
    }
}
