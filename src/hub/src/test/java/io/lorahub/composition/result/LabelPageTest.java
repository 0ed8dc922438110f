package io.lorahub.composition.result;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.containsString;

import io.lorahub.account.Person;
import io.lorahub.account.Role;
import io.lorahub.composition.CompositionRun;
import io.lorahub.composition.task.TaskConfig;
import io.lorahub.testsupport.AsBrowser;
import io.lorahub.testsupport.FinishedRuns;
import io.lorahub.testsupport.Hub;
import io.lorahub.testsupport.PostgresResource;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.Response;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jsoup.Jsoup;
import org.jsoup.nodes.Document;
import org.jsoup.nodes.Element;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@QuarkusTest
@QuarkusTestResource(PostgresResource.class)
class LabelPageTest {

    private static final Duration SOON = Duration.ofSeconds(30);

    private final Hub hub;
    private final FinishedRuns finished;
    private final TaskConfig limits;
    private Person member;
    private String session;
    private CompositionRun run;

    LabelPageTest(Hub hub, FinishedRuns finished, TaskConfig limits) {
        this.hub = hub;
        this.finished = finished;
        this.limits = limits;
    }

    @BeforeEach
    void run() {
        member = hub.person(Role.MEMBER);
        session = hub.session(member);
        run = finished.of(member, 0, "un", "past", "re", "plural");
    }

    private String page() {
        return "/runs/" + run.id + "/label";
    }

    private Response rank(String inputs) {
        return AsBrowser.given(session).formParam("input", inputs).post(page());
    }

    @Test
    void inputs_are_ranked_by_disagreement_and_become_examples_to_label() {
        List<String> inputs = List.of("lock", "open", "Q", "zzyzx", "go", "wxyz", "rhythm", "7");
        Response asked = rank(String.join("\r\n", inputs) + "\r\n\r\n  lock ");
        assertThat(asked.statusCode()).isEqualTo(303);
        String shown = asked.header("Location").replaceAll("#.*", "");
        await().atMost(SOON)
                .until(() -> !AsBrowser.given(session).get(shown).asString().contains("http-equiv"));

        Document ranked = Jsoup.parse(AsBrowser.given(session).get(shown).asString());
        assertThat(ranked.select("#ranked tbody > tr > th").eachText()).containsExactlyInAnyOrderElementsOf(inputs);
        List<Integer> different = ranked.select("#ranked tbody tr").stream()
                .map(row -> row.select(".spread").size())
                .toList();
        assertThat(different.get(0)).isGreaterThan(1);
        for (Element row : ranked.select("#ranked tbody tr")) {
            assertThat(row.select("td .num").stream()
                            .mapToInt(count -> Integer.parseInt(count.text()))
                            .sum())
                    .isEqualTo(8);
        }

        List<String> first = ranked.select("#ranked form input[name=input]").eachAttr("value");
        assertThat(first)
                .isEqualTo(ranked.select("#ranked tbody > tr > th").eachText().subList(0, first.size()));
        var form = AsBrowser.given(session).formParam("from", run.id).formParam("do", "again-labels");
        first.forEach(input -> form.formParam("input", input).formParam("output", ""));
        form.post("/compose").then().statusCode(303).header("Location", containsString("/compose#task"));
        Document draft = Jsoup.parse(AsBrowser.given(session).get("/compose").asString());
        List<String> rows = draft.select("textarea[name=input]").eachText();
        assertThat(rows).startsWith(run.spec.examples().get(0).input()).endsWith(first.get(first.size() - 1));
        assertThat(rows).hasSize(run.spec.examples().size() + first.size());
        assertThat(draft.select("a[href=" + page() + "]")).hasSize(1);
    }

    @Test
    void what_cannot_be_ranked_is_shown_again_with_the_reason() {
        rank(" \n ").then().statusCode(422).body(containsString("Write one input a line"));
        rank(run.spec.examples().get(0).input()).then().statusCode(422).body(containsString("other than those"));
        String many = IntStream.rangeClosed(0, limits.inputs())
                .mapToObj(i -> "word " + i)
                .collect(Collectors.joining("\n"));
        rank(many)
                .then()
                .statusCode(422)
                .body(containsString("at most %d inputs".formatted(limits.inputs())))
                .body(containsString("word 0\nword 1"));
    }

    @Test
    void the_page_opens_without_a_ranking_and_ignores_tasks_of_others() {
        AsBrowser.given(session).get(page()).then().statusCode(200).body(containsString("Inputs without outputs"));
        String other = hub.session(hub.person(Role.MEMBER));
        AsBrowser.given(other).get(page()).then().statusCode(404);
        String asked = rank("lock").header("Location").replaceAll("#.*", "");
        CompositionRun second = finished.of(member, 0, "un", "past");
        assertThat(AsBrowser.given(session)
                        .get("/runs/" + second.id + "/label" + asked.substring(asked.indexOf('?')))
                        .asString())
                .doesNotContain("id=\"ranked\"");
    }
}
