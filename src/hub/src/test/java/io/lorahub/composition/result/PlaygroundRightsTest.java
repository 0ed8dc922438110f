package io.lorahub.composition.result;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.containsString;

import io.lorahub.account.Person;
import io.lorahub.account.Role;
import io.lorahub.adapter.Adapter;
import io.lorahub.adapter.Visibility;
import io.lorahub.composition.CompositionRun;
import io.lorahub.testsupport.AsBrowser;
import io.lorahub.testsupport.DemoOnHub;
import io.lorahub.testsupport.FinishedRuns;
import io.lorahub.testsupport.Hub;
import io.lorahub.testsupport.PostgresResource;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.Response;
import io.restassured.specification.RequestSpecification;
import java.util.List;
import java.util.Map;
import org.jsoup.Jsoup;
import org.jsoup.nodes.Document;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A shared result can be tried by everybody, but not the private adapters that it was made of, one by one. */
@QuarkusTest
@QuarkusTestResource(PostgresResource.class)
class PlaygroundRightsTest {

    private final Hub hub;
    private final DemoOnHub demo;
    private final FinishedRuns finished;
    private Person author;
    private Person stranger;
    private String page;

    PlaygroundRightsTest(Hub hub, DemoOnHub demo, FinishedRuns finished) {
        this.hub = hub;
        this.demo = demo;
        this.finished = finished;
    }

    @BeforeEach
    void shareARunOverAPrivateAdapter() {
        author = hub.person(Role.MEMBER);
        stranger = hub.person(Role.MEMBER);
        List<String> candidates = demo.publish(author, "un", "past");
        CompositionRun run = finished.over(author, 0, candidates);
        page = "/runs/" + run.id;
        QuarkusTransaction.requiringNew().run(() -> {
            CompositionRun.<CompositionRun>findById(run.id).shared = true;
            Adapter.at(author.name, "past").orElseThrow().visibility = Visibility.PRIVATE;
        });
    }

    private RequestSpecification as(Person person) {
        return AsBrowser.given(hub.session(person));
    }

    private static Response tried(RequestSpecification browser, String page, Map<String, ?> form) {
        return browser.formParams(form).post(page + "/result/try");
    }

    private Document answer(Person person, Map<String, ?> form) {
        Response asked = tried(as(person), page, form);
        assertThat(asked.statusCode()).as(asked.asString()).isEqualTo(303);
        return await().until(
                        () -> Jsoup.parse(as(person)
                                .get(asked.header("Location").replaceFirst("#.*", ""))
                                .asString()),
                        shown -> !shown.select("#tried dt").isEmpty());
    }

    @Test
    void the_owner_tries_any_weights() {
        assertThat(answer(author, Map.of("input", "lock", "w0", "0", "w1", "1"))
                        .select("#tried dt")
                        .eachText())
                .contains("With these weights")
                .anyMatch(title -> title.endsWith(" alone"));
    }

    @Test
    void the_owner_is_told_that_the_link_tells_names() {
        assertThat(as(author).get(page + "/result").asString()).contains("adapters that aren't public");
    }

    @Test
    void others_try_the_result_and_nothing_else() {
        Document shown = answer(stranger, Map.of("input", "lock"));
        assertThat(shown.select("#tried dt").eachText()).containsExactly("Base model", "Composed", "Objective");
        assertThat(shown.select("#playground [name=w0], #playground [data-reset]"))
                .isEmpty();

        tried(as(stranger), page, Map.of("input", "lock", "w0", "0", "w1", "1"))
                .then()
                .statusCode(403)
                .body(containsString("Not all adapters of this run are public"));
        tried(AsBrowser.given(), page, Map.of("w0", "1", "w1", "0")).then().statusCode(403);
        as(stranger).formParam("input", "lock").post(page + "/label").then().statusCode(403);
    }

    @Test
    void an_administrator_sees_private_adapters_and_may_mix_them() {
        Person admin = hub.person(Role.ADMIN);
        assertThat(answer(admin, Map.of("input", "lock", "w0", "0", "w1", "1"))
                        .select("#tried dt")
                        .eachText())
                .contains("With these weights");
    }
}
