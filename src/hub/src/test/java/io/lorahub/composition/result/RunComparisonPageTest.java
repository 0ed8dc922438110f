package io.lorahub.composition.result;

import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.matchesPattern;
import static org.hamcrest.Matchers.not;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lorahub.account.Person;
import io.lorahub.account.Role;
import io.lorahub.composition.CompositionRun;
import io.lorahub.composition.RunCandidate;
import io.lorahub.composition.RunEvaluation;
import io.lorahub.composition.RunFormat;
import io.lorahub.testsupport.AsBrowser;
import io.lorahub.testsupport.FinishedRuns;
import io.lorahub.testsupport.Hub;
import io.lorahub.testsupport.PostgresResource;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.ValidatableResponse;
import java.util.List;
import java.util.regex.Pattern;
import org.jsoup.Jsoup;
import org.jsoup.nodes.Document;
import org.jsoup.select.Elements;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@QuarkusTest
@QuarkusTestResource(PostgresResource.class)
class RunComparisonPageTest {

    private final Hub hub;
    private final FinishedRuns finished;
    private Person member;
    private String session;
    private CompositionRun first;
    private CompositionRun second;

    RunComparisonPageTest(Hub hub, FinishedRuns finished) {
        this.hub = hub;
        this.finished = finished;
    }

    @BeforeEach
    void run() {
        member = hub.person(Role.MEMBER);
        session = hub.session(member);
        first = finished.of(member, 10, "un", "past");
        second = finished.over(
                member, 0, first.candidates.stream().map(RunCandidate::address).toList());
    }

    private ValidatableResponse page(String path) {
        return AsBrowser.given(session).get(path).then();
    }

    @Test
    void controls_stand_side_by_side_and_a_weight_of_zero_is_a_weight() {
        deliver(0.5);

        page("/runs/compare?run=" + first.id + "&run=" + second.id)
                .statusCode(200)
                .body(containsString("Against the controls"))
                .body(containsString("Uniform mix"))
                .body(containsString("0.00"))
                .body(not(containsString("not a candidate")));
    }

    /** Like a search that ends with a robust point instead of the lowest one. */
    private void deliver(double objective) {
        QuarkusTransaction.requiringNew().run(() -> {
            CompositionRun run = CompositionRun.findById(first.id);
            ObjectNode result = run.result.deepCopy();
            result.put("objective", objective);
            ((ObjectNode) result.get("weights")).put(run.candidates.get(0).address(), 0.0);
            run.result = result;
        });
    }

    @Test
    void an_adapter_has_one_row_even_if_only_one_run_has_weights_in_thirds() {
        List<String> candidates =
                first.candidates.stream().map(RunCandidate::address).toList();
        CompositionRun thirds = finished.inThirds(member, candidates);

        Elements rows = weights(first, thirds);

        assertThat(rows.select("th a").eachText()).containsExactlyInAnyOrderElementsOf(candidates);
        assertThat(rows.select("[colspan]")).isEmpty();
        assertThat(rows).allSatisfy(row -> assertThat(row.select("td")).hasSize(4));
        String un = candidates.get(0);
        assertThat(rows.stream()
                        .filter(row -> row.text().startsWith(un))
                        .findFirst()
                        .orElseThrow()
                        .select("td")
                        .eachText())
                .containsExactly(
                        RunFormat.signed(first.result.path("weights").path(un).asDouble()),
                        third(thirds, un, "first"),
                        third(thirds, un, "middle"),
                        third(thirds, un, "last"));
    }

    private static String third(CompositionRun run, String address, String group) {
        return RunFormat.signed(
                run.result.path("layer_weights").path(address).path(group).asDouble());
    }

    @Test
    void only_an_adapter_that_was_none_is_said_to_be_no_candidate() {
        CompositionRun one = finished.of(member, 0, "un");
        QuarkusTransaction.requiringNew().run(() -> {
            RunEvaluation.delete("id.runId", second.id);
            CompositionRun.<CompositionRun>findById(second.id).result = null;
        });

        assertThat(weights(first, one).select("td.faint").eachText()).hasSize(3).containsOnly("not a candidate");
        assertThat(weights(first, second).select("td.faint").eachText())
                .hasSize(2)
                .containsOnly("none yet");
    }

    private Elements weights(CompositionRun left, CompositionRun right) {
        String html = page("/runs/compare?run=" + left.id + "&run=" + right.id)
                .statusCode(200)
                .extract()
                .asString();
        return Jsoup.parse(html).select("section[aria-labelledby=w-t] tbody tr");
    }

    @Test
    void every_page_calls_the_delivered_answer_the_best() {
        deliver(0.5);

        page("/runs").body(containsString("<td class=\"num\" data-label=\"Objective\">0.500</td>"));
        page("/runs/" + first.id + "/result")
                .body(matchesPattern("(?s).*objective of the answer\\s+0\\.500,\\s+lowest seen .*"));
        page("/runs/" + first.id)
                .body(matchesPattern(
                        "(?s).*<dt>Objective of the answer</dt>\\s*<dd>\\s*0\\.500<small>\\s*lowest\\s+seen .*"))
                .body(containsString("Weights of the answer"));
        page("/runs/compare?run=" + first.id + "&run=" + second.id)
                .body(matchesPattern("(?s).*0\\.500 <span class=\"soft\">\\(lowest\\s+seen .*"));
    }

    @Test
    void picking_too_few_or_too_many_runs_is_reported_on_the_list() {
        String list =
                page("/runs/compare?run=" + first.id).statusCode(422).extract().asString();

        assertThat(list).contains("Tick two to six runs to compare; you ticked one.");
        assertThat(list.indexOf("role=\"alert\"")).as("above the list").isBetween(0, list.indexOf("<table"));
        page("/runs/compare").statusCode(422).body(containsString("you ticked none."));
        assertThat(Pattern.compile("value=\"" + first.id + "\"[^>]* checked")
                        .matcher(list)
                        .results())
                .hasSize(1);
        page("/runs/compare?" + "run=%s&".formatted(first.id).repeat(7))
                .statusCode(422)
                .body(containsString("Tick two to six runs to compare; you ticked 7."));
    }

    @Test
    void several_runs_stand_side_by_side_with_the_course_of_each_search() {
        Document compared =
                Jsoup.parse(page("/runs/compare?run=%s&run=%s&run=%s".formatted(first.id, second.id, first.id))
                        .statusCode(200)
                        .extract()
                        .asString());

        assertThat(compared.select("section[aria-labelledby=r-t] thead a").eachText())
                .containsExactly(first.title, second.title, first.title);
        assertThat(compared.select(".chart > .key > span").eachText())
                .containsExactly(first.title, second.title, first.title);
        assertThat(compared.select("[data-chart] path.is-steps").eachAttr("d"))
                .hasSize(3)
                .allMatch(line -> line.matches("M\\d+ \\d+(H\\d+V\\d+)*H\\d+"));
    }
}
