package io.lorahub.composition.result;

import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.startsWith;

import io.lorahub.account.AccessToken.Scope;
import io.lorahub.account.Person;
import io.lorahub.account.Role;
import io.lorahub.composition.CompositionRun;
import io.lorahub.composition.RunCandidate;
import io.lorahub.testsupport.AsBrowser;
import io.lorahub.testsupport.DemoOnHub;
import io.lorahub.testsupport.FinishedRuns;
import io.lorahub.testsupport.Hub;
import io.lorahub.testsupport.PostgresResource;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.RestAssured;
import io.restassured.specification.RequestSpecification;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A result belongs to its owner even if the publisher of a candidate deletes it. */
@QuarkusTest
@QuarkusTestResource(PostgresResource.class)
class ResultOfDeletedTest {

    private static final String GONE = "one of its candidates, was deleted";

    private final Hub hub;
    private final DemoOnHub demo;
    private final FinishedRuns finished;
    private Person author;
    private Person member;
    private String deleted;
    private CompositionRun run;
    private String page;

    ResultOfDeletedTest(Hub hub, DemoOnHub demo, FinishedRuns finished) {
        this.hub = hub;
        this.demo = demo;
        this.finished = finished;
    }

    @BeforeEach
    void deleteOneOfTheParts() {
        author = hub.person(Role.MEMBER);
        member = hub.person(Role.MEMBER);
        List<String> candidates = demo.publish(author, "un", "past", "re");
        run = finished.over(member, 5, candidates);
        page = "/runs/" + run.id;
        deleted = candidates.get(0);
        delete(deleted);
    }

    private void delete(String address) {
        program(author)
                .header("If-Match", "*")
                .delete("/api/v1/adapters/" + address)
                .then()
                .statusCode(204);
    }

    private RequestSpecification program(Person person) {
        return RestAssured.given().auth().oauth2(hub.token(person, Scope.WRITE));
    }

    private RequestSpecification browser() {
        return AsBrowser.given(hub.session(member));
    }

    private String shown(String path) {
        return browser().get(path).then().statusCode(200).extract().asString();
    }

    @Test
    void the_result_and_its_files_stay() {
        assertThat(finished.stored(run.id).result).isEqualTo(run.result);
        assertThat(shown(page + "/result"))
                .contains(deleted + ", " + GONE, "<span class=\"faint\">deleted</span>", "/adapter.zip")
                .doesNotContain("href=\"/" + deleted + "\"", "id=\"playground\"", "/result/export", "/publish");
        assertThat(shown(page)).contains(GONE).doesNotContain("href=\"/" + deleted + "\"");
        assertThat(shown(page + "/log.csv")).contains(deleted);
        assertThat(shown(page + "/log")).contains("Points in their order");
        assertThat(shown("/runs")).contains(page);
        assertThat(shown(
                        "/runs/compare?run=%s&run=%s".formatted(run.id, finished.over(member, 0, List.of(other())).id)))
                .contains(deleted + " <span class=\"faint\">deleted</span>");
        browser().get(page + "/adapter.zip").then().statusCode(200);
        browser().get(page + "/files/recipe.json").then().statusCode(200).body(containsString(deleted));
        program(member)
                .get("/api/v1/runs/" + run.id)
                .then()
                .statusCode(200)
                .body("candidates", hasItem(startsWith(deleted + "@")));
    }

    private String other() {
        return run.candidates.get(1).address();
    }

    @Test
    void nothing_is_computed_or_published_of_it_anew() {
        browser()
                .formParam("input", "lock")
                .post(page + "/result/try")
                .then()
                .statusCode(409)
                .body(containsString(GONE));
        browser()
                .formParam("rank", 0)
                .post(page + "/result/export")
                .then()
                .statusCode(409)
                .body(containsString(GONE));
        browser().get(page + "/publish?name=mix").then().statusCode(409).body(containsString("its licence is unknown"));
    }

    @Test
    void repeating_it_leaves_the_deleted_one_out() {
        assertThat(shown("/compose?from=" + run.id)).contains("In the earlier run; now deleted");
        RequestSpecification form = browser()
                .multiPart("do", "start")
                .multiPart("title", "again")
                .multiPart("from", run.id.toString())
                .multiPart("input", "lock")
                .multiPart("output", "unlocked")
                .multiPart("listed", run.candidates.get(0).addressWithVersion());
        run.candidates.stream()
                .skip(1)
                .map(RunCandidate::addressWithVersion)
                .forEach(address -> form.multiPart("listed", address).multiPart("candidate", address));

        String started = form.post("/compose").then().statusCode(303).extract().header("Location");

        CompositionRun again = finished.stored(UUID.fromString(started.substring(started.lastIndexOf('/') + 1)));
        assertThat(again.candidates).hasSize(2).noneMatch(RunCandidate::isDeleted);
        assertThat(again.forkOf).isNull();
    }
}
