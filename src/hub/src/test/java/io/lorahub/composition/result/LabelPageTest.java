package io.lorahub.composition.result;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.containsString;

import io.lorahub.account.Person;
import io.lorahub.account.Role;
import io.lorahub.composition.CompositionRun;
import io.lorahub.composition.task.TaskConfig;
import io.lorahub.engine.learning.Example;
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
import java.util.stream.Stream;
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
        assertThat(ranked.select("#ranked tbody th").eachText()).containsExactlyInAnyOrderElementsOf(inputs);
        List<Element> rows = ranked.select("#ranked tbody tr");
        assertThat(rows.get(0).select("td > div")).hasSizeGreaterThan(1);
        for (Element row : rows) {
            assertThat(row.select("td .soft").stream()
                            .mapToInt(count -> Integer.parseInt(count.text().replace(" of 8:", "")))
                            .sum())
                    .isEqualTo(8);
        }

        List<String> first = ranked.select("#ranked input[name=input][checked]").eachAttr("value");
        assertThat(first)
                .isNotEmpty()
                .isEqualTo(ranked.select("#ranked tbody th").eachText().subList(0, first.size()));
        Document draft = labelled(first);
        List<String> examples = run.spec.examples().stream().map(Example::input).toList();
        assertThat(draft.select("textarea[name=input]").eachText())
                .isEqualTo(Stream.concat(examples.stream(), first.stream()).toList());
        assertThat(draft.select("a[href=" + page() + "]")).hasSize(1);

        // what is labelled already stays
        assertThat(labelled(List.of(first.get(0), "another"))
                        .select("textarea[name=input]")
                        .eachText())
                .hasSize(examples.size() + first.size() + 1)
                .endsWith("another");
    }

    private Document labelled(List<String> inputs) {
        var form = AsBrowser.given(session).formParam("from", run.id).formParam("do", "again-labels");
        inputs.forEach(input -> form.formParam("input", input).formParam("output", ""));
        String place = form.post("/compose").then().statusCode(303).extract().header("Location");
        Document page = Jsoup.parse(AsBrowser.given(session).get("/compose").asString());
        Element first = page.select("textarea[name=output]").stream()
                .filter(output -> output.text().isEmpty())
                .findFirst()
                .orElseThrow();
        assertThat(place).endsWith("/compose#" + first.id());
        return page;
    }

    @Test
    void what_cannot_be_ranked_is_shown_again_with_the_reason() {
        rank(" \n ").then().statusCode(422).body(containsString("Write one input a line"));
        rank(run.spec.examples().get(0).input())
                .then()
                .statusCode(422)
                .body(containsString("These are examples of the run already"));
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
        String playground = AsBrowser.given(session)
                .formParam("w0", "0.5")
                .post("/runs/" + run.id + "/result/try")
                .header("Location");
        assertThat(AsBrowser.given(session)
                        .get(page() + playground.replaceAll(".*(\\?task=[^#]*).*", "$1"))
                        .asString())
                .contains("This ranking is gone");
        CompositionRun second = finished.of(member, 0, "un", "past");
        assertThat(AsBrowser.given(session)
                        .get("/runs/" + second.id + "/label" + asked.substring(asked.indexOf('?')))
                        .asString())
                .contains("This ranking is gone");
    }
}
