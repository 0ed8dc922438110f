package io.lorahub.composition.live;

import static org.assertj.core.api.Assertions.assertThat;

import io.lorahub.account.Person;
import io.lorahub.account.Role;
import io.lorahub.composition.CompositionRun;
import io.lorahub.composition.RunState;
import io.lorahub.testsupport.AsBrowser;
import io.lorahub.testsupport.FinishedRuns;
import io.lorahub.testsupport.Hub;
import io.lorahub.testsupport.PostgresResource;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.Response;
import io.restassured.specification.RequestSpecification;
import java.util.List;
import java.util.function.Consumer;
import org.jsoup.Jsoup;
import org.jsoup.nodes.Document;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The list of one's own runs. */
@QuarkusTest
@QuarkusTestResource(PostgresResource.class)
class RunsPageTest {

    private final Hub hub;
    private final FinishedRuns finished;
    private Person member;
    private String session;

    RunsPageTest(Hub hub, FinishedRuns finished) {
        this.hub = hub;
        this.finished = finished;
    }

    @BeforeEach
    void signIn() {
        member = hub.person(Role.MEMBER);
        session = hub.session(member);
    }

    private CompositionRun run(String title, int heldOut, String... adapters) {
        CompositionRun run = finished.of(member, heldOut, adapters);
        return changed(run, there -> there.title = title);
    }

    private static CompositionRun changed(CompositionRun run, Consumer<CompositionRun> change) {
        QuarkusTransaction.requiringNew().run(() -> change.accept(CompositionRun.findById(run.id)));
        return run;
    }

    private Document list(String query) {
        return Jsoup.parse(AsBrowser.given(session)
                .urlEncodingEnabled(false)
                .get("/runs" + query)
                .asString());
    }

    private List<String> titles(String query) {
        return list(query).select("tbody th").eachText();
    }

    @Test
    void a_row_says_how_many_held_out_examples_come_out_right() {
        CompositionRun run = run("right or not", 10, "un", "past");
        long right = Math.round(run.result.at("/composed/held_out/exact_match").asDouble() / 10);

        Document list = list("");

        assertThat(list.select("tbody td.run-result").text()).startsWith(right + " of 10 (");
        assertThat(list.select("tbody svg .range")).isNotEmpty();
    }

    @Test
    void runs_are_found_by_title_description_and_candidates_as_typed() {
        run("100 % of it", 0, "un", "past");
        changed(run("100 parts", 0, "un"), there -> there.description = "Says how_many there are.");

        assertThat(titles("?q=100")).containsExactly("100 parts", "100 % of it");
        assertThat(titles("?q=100+%25")).containsExactly("100 % of it");
        assertThat(titles("?q=HOW_MANY")).containsExactly("100 parts");
        assertThat(titles("?q=howxmany")).isEmpty();
        assertThat(titles("?q=/past")).containsExactly("100 % of it");
        assertThat(titles("?q=100&state=failed")).isEmpty();
        assertThat(list("?q=100&state=succeeded").select(".tabs a").get(0).attr("href"))
                .isEqualTo("/runs?q=100");
    }

    @Test
    void ticked_runs_are_deleted_except_those_that_run() {
        CompositionRun one = run("one", 0, "un");
        CompositionRun two = run("two", 0, "un");
        CompositionRun kept = run("kept", 0, "un");
        changed(kept, there -> there.state = RunState.RUNNING);

        ticked(kept).then().statusCode(422);
        ticked().then().statusCode(422);
        ticked(one, two, kept).then().statusCode(303);

        assertThat(titles("")).containsExactly("kept");
        changed(kept, there -> there.state = RunState.SUCCEEDED);
    }

    @Test
    void of_the_runs_of_others_none_is_deleted() {
        CompositionRun own = run("own", 0, "un");
        CompositionRun other = finished.of(hub.person(Role.MEMBER), 0, "un");

        ticked(own, other).then().statusCode(404);

        assertThat(titles("")).containsExactly("own");
        assertThat(CompositionRun.count("id", other.id)).isOne();
    }

    private Response ticked(CompositionRun... runs) {
        RequestSpecification form = AsBrowser.given(session);
        for (CompositionRun run : runs) form.formParam("run", run.id.toString());
        return form.post("/runs");
    }
}
