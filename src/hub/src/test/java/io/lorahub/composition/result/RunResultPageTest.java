package io.lorahub.composition.result;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.not;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.lorahub.account.AccessToken.Scope;
import io.lorahub.account.Person;
import io.lorahub.account.Role;
import io.lorahub.adapter.Adapter;
import io.lorahub.composition.CompositionRun;
import io.lorahub.composition.RunCandidate;
import io.lorahub.composition.RunEvaluation;
import io.lorahub.composition.RunOwner;
import io.lorahub.composition.RunSpec;
import io.lorahub.composition.RunState;
import io.lorahub.composition.request.RunRequest;
import io.lorahub.composition.request.RunService;
import io.lorahub.engine.learning.Example;
import io.lorahub.testsupport.AsBrowser;
import io.lorahub.testsupport.DemoOnHub;
import io.lorahub.testsupport.FinishedRuns;
import io.lorahub.testsupport.Hub;
import io.lorahub.testsupport.PostgresResource;
import io.lorahub.testsupport.Settings;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.RestAssured;
import io.restassured.response.Response;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.jsoup.Jsoup;
import org.jsoup.nodes.Document;
import org.jsoup.nodes.Element;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@QuarkusTest
@QuarkusTestResource(PostgresResource.class)
class RunResultPageTest {

    private static final Duration SOON = Duration.ofSeconds(30);

    private final Hub hub;
    private final FinishedRuns finished;
    private final DemoOnHub demo;
    private final RunService runs;
    private Person member;
    private String session;

    RunResultPageTest(Hub hub, FinishedRuns finished, DemoOnHub demo, RunService runs) {
        this.hub = hub;
        this.finished = finished;
        this.demo = demo;
        this.runs = runs;
    }

    @BeforeEach
    void member() {
        member = hub.person(Role.MEMBER);
        session = hub.session(member);
    }

    private static String page(CompositionRun run) {
        return "/runs/" + run.id + "/result";
    }

    @Test
    void the_page_says_what_was_found_beside_its_controls() {
        CompositionRun run = finished.of(member, 30, "un", "past", "re", "plural");

        String html = AsBrowser.given(session)
                .get(page(run))
                .then()
                .statusCode(200)
                .extract()
                .asString();

        assertThat(html)
                .contains(" / 30</small>", "30 held-out examples", "Uniform mix", "each of 4 at 1/4")
                .contains("unskilled", "class=\"range\"", "recipe.json")
                .contains("/runs/%s/adapter.zip".formatted(run.id));
    }

    @Test
    void without_held_out_examples_it_shows_the_few_shot_ones() {
        CompositionRun run = finished.of(member, 0, "un", "past");

        String html = AsBrowser.given(session)
                .get(page(run))
                .then()
                .statusCode(200)
                .extract()
                .asString();

        assertThat(html)
                .contains("5 of 5 rows", "the search saw", "of other inputs exactly right")
                .doesNotContain("class=\"range\"")
                .contains("Base model");
        assertThat(run.result.at("/expected/exact_match").asDouble())
                .isBetween(
                        run.result.at("/expected/low").asDouble(),
                        run.result.at("/expected/high").asDouble());
    }

    @Test
    void of_a_refined_mix_other_things_are_expected_than_of_the_mix() {
        List<String> candidates = demo.publish(hub.person(Role.MEMBER), "past", "re");
        CompositionRun mix = finished.over(member, 0, candidates);
        CompositionRun refined = finished.refined(member, 0, 12, candidates);

        assertThat(refined.result.path("refine_steps").asInt()).isPositive();
        double share = refined.result.at("/expected/exact_match").asDouble();
        assertThat(share)
                .isBetween(
                        refined.result.at("/expected/low").asDouble(),
                        refined.result.at("/expected/high").asDouble())
                .isNotEqualTo(mix.result.at("/expected/exact_match").asDouble());
        assertThat(AsBrowser.given(session).get(page(refined)).asString()).contains("of other inputs exactly right");
    }

    @Test
    void where_a_part_was_taken_down_nothing_is_offered_that_would_be_refused() {
        CompositionRun run = finished.of(member, 0, "un", "past");
        QuarkusTransaction.requiringNew()
                .run(() -> Adapter.update(
                        "state = TAKEN_DOWN, stateReason = 'Copied.' where id = ?1",
                        CompositionRun.<CompositionRun>findById(run.id)
                                .versions()
                                .get(0)
                                .adapter
                                .id));

        assertThat(AsBrowser.given(session).get(page(run)).asString())
                .contains("Moderators took down " + run.candidates.get(0).address(), "/adapter.zip")
                .doesNotContain("id=\"playground\"", "/result/export");
    }

    @Test
    void a_run_that_fell_short_says_what_is_wrong_and_starts_again_with_a_larger_budget() {
        CompositionRun run = finished.of(member, 10, "un", "reverse"); // nothing here makes a past
        long wrong =
                10 - Math.round(run.result.at("/composed/held_out/exact_match").asDouble() / 10);

        Element next =
                Jsoup.parse(AsBrowser.given(session).get(page(run)).asString()).selectFirst("#next");

        assertThat(next.text()).contains("%d of 10 held-out examples".formatted(wrong), "The mix is made of un (");
        Example first = run.spec.heldOut().get(0);
        assertThat(next.select("tbody tr").first().select("th, td").eachText())
                .startsWith(first.input(), first.output());
        assertThat(next.select("form button").first().text()).isEqualTo("Again with 100 evaluations");
        Response asked = AsBrowser.given(session)
                .formParam("budget", next.select("form input[name=budget]").val())
                .post(next.select("form").first().attr("action"));
        assertThat(asked.statusCode()).isEqualTo(303);

        UUID id = UUID.fromString(asked.header("Location").replaceAll(".*/", ""));
        await().atMost(Duration.ofSeconds(60))
                .until(() -> finished.stored(id).state.isEnded());
        CompositionRun again = finished.stored(id);
        assertThat(again.state).as(again.failure).isEqualTo(RunState.SUCCEEDED);
        assertThat(again.spec).isEqualTo(run.spec.withBudget(100));
        assertThat(again.title).isEqualTo(run.title);
        assertThat(again.candidates.stream().map(RunCandidate::addressWithVersion))
                .containsExactlyElementsOf(run.candidates.stream()
                        .map(RunCandidate::addressWithVersion)
                        .toList());
        long known =
                QuarkusTransaction.requiringNew().call(() -> RunEvaluation.count("id.runId = ?1 and seconds = 0", id));
        assertThat(known).as("points that were not computed again").isPositive();

        AsBrowser.given(session)
                .formParam("budget", 100_000)
                .post("/runs/" + run.id + "/again")
                .then()
                .statusCode(422);
        runs.share(run.id, true);
        assertThat(Jsoup.parse(AsBrowser.given().get(page(run)).asString())
                        .select("#next form button")
                        .first()
                        .text())
                .isEqualTo("Again with 100 evaluations");
    }

    @Test
    void a_mix_that_fell_short_is_refined_and_its_files_hold_what_it_has_become() throws IOException {
        CompositionRun run = finished.of(member, 10, "un", "reverse"); // nothing here makes a past
        Element next =
                Jsoup.parse(AsBrowser.given(session).get(page(run)).asString()).selectFirst("#next");
        Element refine = next.selectFirst("form:has(input[name=refine_steps])");
        assertThat(refine.select("button").text()).isEqualTo("Refine the mix");
        Response asked = AsBrowser.given(session).formParam("refine_steps", 12).post(refine.attr("action"));
        assertThat(asked.statusCode()).isEqualTo(303);

        UUID id = UUID.fromString(asked.header("Location").replaceAll(".*/", ""));
        await().atMost(Duration.ofSeconds(60))
                .until(() -> finished.stored(id).state.isEnded());
        CompositionRun refined = finished.stored(id);
        assertThat(refined.state).as(refined.failure).isEqualTo(RunState.SUCCEEDED);
        assertThat(refined.spec).isEqualTo(run.spec.withRefineSteps(12));
        assertThat(refined.result.at("/refined/loss").asDouble())
                .isLessThan(0.8 * refined.result.at("/composed/loss").asDouble());
        assertThat(refined.result.at("/refined/predictions")).hasSize(10);
        assertThat(refined.result.path("weights")).isEqualTo(run.result.path("weights"));
        assertThat(refined.files.get("adapter_model.safetensors"))
                .isNotEqualTo(run.files.get("adapter_model.safetensors"));
        Document page = Jsoup.parse(AsBrowser.given(session).get(page(refined)).asString());
        assertThat(page.select(".whiskers tbody tr").eachText())
                .hasSize(5)
                .first()
                .asString()
                .startsWith("Refined");
        assertThat(page.select("#v-t + p").text()).isNotBlank();
        assertThat(page.select("#next form:has(input[name=refine_steps])")).isEmpty();
        assertThat(page.select("#download h3").eachText()).contains("Adapter, refined");
        JsonNode recipe = new ObjectMapper()
                .readTree(AsBrowser.given(session)
                        .get("/runs/" + id + "/files/recipe.json")
                        .asString());
        assertThat(recipe.at("/settings/refine_steps").asInt()).isEqualTo(12);
        assertThat(recipe.at("/refined/sha256").asText()).isEqualTo(refined.files.get("adapter_model.safetensors"));

        assertThat(AsBrowser.given(session).get("/runs/" + id).asString())
                .contains("at most 72 steps altogether", "Step 18 of at most 72");

        // what is made of the result is made of its files
        AsBrowser.given(session)
                .formParam("rank", 1)
                .post(page(refined) + "/export")
                .then()
                .statusCode(303);
        await().atMost(SOON)
                .until(() ->
                        AsBrowser.given(session).get(page(refined)).asString().contains("of rank 1"));
    }

    @Test
    @Settings("lorahub.composition.visitor.budget=50")
    void what_is_too_large_for_visitors_leads_them_to_the_sign_in() {
        CompositionRun run = finished.of(member, 10, "un", "reverse");
        runs.share(run.id, true);

        assertThat(Jsoup.parse(AsBrowser.given().get(page(run)).asString())
                        .select("#next .panel-foot a")
                        .first()
                        .text())
                .isEqualTo("Sign in to run it again with 100 evaluations");
    }

    @Test
    void candidates_are_suggested_for_a_run_whose_candidates_fell_short() {
        demo.publish(hub.person(Role.MEMBER), "past");
        CompositionRun run = finished.of(member, 10, "un", "reverse");
        Element next =
                Jsoup.parse(AsBrowser.given(session).get(page(run)).asString()).selectFirst("#next");
        assertThat(next.text()).contains("for this base model", "the hub can try");

        Response asked = AsBrowser.given(session)
                .formParam("from", run.id)
                .formParam("do", next.select("button[name=do]").val())
                .post("/compose");

        assertThat(asked.statusCode()).isEqualTo(303);
        assertThat(asked.header("Location")).endsWith("/compose#candidates");
        Document form = Jsoup.parse(AsBrowser.given(session).get("/compose").asString());
        assertThat(form.select("input[name=from]").val()).isEqualTo(run.id.toString());
        assertThat(form.select("textarea[name=input]").first().text())
                .isEqualTo(run.spec.examples().get(0).input());
        assertThat(form.select("[name=candidate], [data-suggested]").size()).isGreaterThan(2);
    }

    @Test
    void held_out_examples_that_come_out_wrong_become_examples() {
        CompositionRun run = finished.of(member, 10, "un", "reverse");
        QuarkusTransaction.requiringNew().run(() -> {
            CompositionRun fitted = CompositionRun.findById(run.id);
            ArrayNode said = JsonNodeFactory.instance.arrayNode();
            fitted.spec.examples().forEach(example -> said.add(example.output()));
            fitted.predictions = said;
        });
        Element next =
                Jsoup.parse(AsBrowser.given(session).get(page(run)).asString()).selectFirst("#next");
        assertThat(next.select("form button").eachText())
                .containsExactly("With wrong ones as examples", "Refine the mix");
        List<String> wrong =
                next.select("tbody tr th").eachText().stream().limit(3).toList();

        AsBrowser.given(session)
                .formParam("from", run.id)
                .formParam("do", next.select("button[name=do]").val())
                .post("/compose")
                .then()
                .statusCode(303);

        Document form = Jsoup.parse(AsBrowser.given(session).get("/compose").asString());
        List<String> inputs = form.select("textarea[name=input]").eachText();
        assertThat(inputs).hasSize(10).containsAll(wrong);
        assertThat(form.select("textarea[name=held_out]").text().lines())
                .noneMatch(line -> wrong.stream().anyMatch(input -> line.startsWith(input + "\t")));
    }

    @Test
    void a_run_whose_answers_are_right_leaves_nothing_to_do() {
        List<Example> right = List.of(new Example("lock", "unlock"), new Example("fold", "unfold"));
        UUID id = runs.start(
                        RunOwner.member(member),
                        new RunRequest(
                                "un", "", Optional.empty(), demo.publish(member, "un"), RunSpec.of(right, List.of())))
                .id;
        await().atMost(Duration.ofSeconds(60))
                .until(() -> finished.stored(id).state.isEnded());

        Document page = Jsoup.parse(
                AsBrowser.given(session).get("/runs/" + id + "/result").asString());
        assertThat(page.select(".predictions .is-right")).isNotEmpty();
        assertThat(page.select("#next")).isEmpty();
    }

    @Test
    void predictions_can_be_narrowed_down() {
        CompositionRun run = finished.of(member, 30, "un", "past", "re", "plural");
        long right = Math.round(run.result.at("/composed/held_out/exact_match").asDouble() * 30 / 100);

        assertThat(rows(run, "?rows=all")).isEqualTo(30);
        assertThat(rows(run, "")).isEqualTo(10);
        assertThat(rows(run, "?show=wrong&rows=all")).isEqualTo(30 - right);
        assertThat(rows(run, "?show=gained&rows=all")).isLessThanOrEqualTo(right);
    }

    private long rows(CompositionRun run, String query) {
        String html = AsBrowser.given(session).get(page(run) + query).asString();
        String table = html.substring(html.indexOf("id=\"predictions\""), html.indexOf("id=\"recipe\""));
        return Pattern.compile("<th scope=\"row\">").matcher(table).results().count();
    }

    @Test
    void only_the_owner_sees_it_until_it_is_shared() {
        CompositionRun run = finished.of(member, 0, "un", "past");
        String other = hub.session(hub.person(Role.MEMBER));

        for (String path :
                List.of(page(run), "/runs/" + run.id + "/adapter.zip", "/runs/" + run.id + "/files/recipe.json")) {
            AsBrowser.given().get(path).then().statusCode(404);
            AsBrowser.given(other).get(path).then().statusCode(404);
        }
        AsBrowser.given(other)
                .formParam("input", "lock")
                .post(page(run) + "/try")
                .then()
                .statusCode(404);
        AsBrowser.given(other)
                .formParam("rank", 0)
                .post(page(run) + "/export")
                .then()
                .statusCode(404);

        AsBrowser.given(session)
                .formParam("shared", true)
                .post("/runs/" + run.id + "/share")
                .then()
                .statusCode(303)
                .header("Location", containsString(page(run)));

        Document shared = Jsoup.parse(AsBrowser.given(session).get(page(run)).asString());
        assertThat(shared.select("[aria-label=Link]").text()).endsWith(page(run));
        AsBrowser.given()
                .get(page(run))
                .then()
                .statusCode(200)
                .body(not(containsString("Publish as adapter")))
                .body(not(containsString("Make it private")));
        AsBrowser.given(session).get(page(run)).then().body(containsString("Publish as adapter"));
        AsBrowser.given().get("/runs/" + run.id + "/adapter.zip").then().statusCode(200);
    }

    @Test
    void programs_fetch_the_files_with_a_token() {
        CompositionRun run = finished.of(member, 0, "un", "past");
        String files = "/api/v1/runs/" + run.id + "/files/";
        String token = hub.token(member, Scope.READ);

        RestAssured.given()
                .auth()
                .oauth2(token)
                .get(files + "recipe.json")
                .then()
                .statusCode(200)
                .header("ETag", containsString(run.files.get("recipe.json")));
        RestAssured.given()
                .auth()
                .oauth2(token)
                .header("Range", "bytes=0-3")
                .get(files + "adapter.zip")
                .then()
                .statusCode(206);
        RestAssured.given().get(files + "recipe.json").then().statusCode(404);
    }

    @Test
    void the_zip_says_what_it_is_and_how_it_is_loaded() throws IOException {
        CompositionRun run = finished.of(member, 10, "un", "past", "reverse");
        byte[] zip =
                AsBrowser.given(session).get("/runs/" + run.id + "/adapter.zip").asByteArray();

        String readme = text(zip, "un-past/README.md");
        assertThat(readme)
                .startsWith("---\nbase_model: \"lorahub/demo-base\"\nlibrary_name: peft\n")
                .contains("# un-past\n\nPuts un before a word and makes it past.\n")
                .contains("base = AutoModelForSeq2SeqLM.from_pretrained(\"lorahub/demo-base\")")
                .contains("PeftModel.from_pretrained(base, \"un-past\")")
                .contains("| %s | +".formatted(run.candidates.get(0).addressWithVersion()))
                .contains(run.result.path("verdict").asText());
        assertThat(AsBrowser.given(session)
                        .get("/runs/" + run.id + "/adapter.zip")
                        .asByteArray())
                .as("the same bytes, so that a download can be resumed")
                .isEqualTo(zip);
    }

    private static String text(byte[] zip, String name) throws IOException {
        try (ZipInputStream in = new ZipInputStream(new ByteArrayInputStream(zip))) {
            for (ZipEntry entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
                if (entry.getName().equals(name)) return new String(in.readAllBytes(), StandardCharsets.UTF_8);
            }
        }
        throw new AssertionError(name + " is not in the zip");
    }

    @Test
    void a_visitor_with_the_link_tries_an_input_and_finds_the_answer_by_a_cookie() {
        CompositionRun run = finished.of(member, 0, "un", "past");
        runs.share(run.id, true);

        Response asked = AsBrowser.given().formParam("input", "lock").post(page(run) + "/try");

        assertThat(asked.statusCode()).isEqualTo(303);
        String shown = asked.header("Location").replace("#playground", "");
        await().atMost(SOON)
                .until(() -> AsBrowser.given()
                        .cookies(asked.cookies())
                        .get(shown)
                        .asString()
                        .contains("<dt>Composed</dt>"));
        assertThat(AsBrowser.given().get(shown).asString()).doesNotContain("<dt>Composed</dt>");
    }

    @Test
    void weights_by_hand_have_an_objective_of_their_own() {
        CompositionRun run = finished.of(member, 0, "un", "past");

        Response asked = AsBrowser.given(session)
                .formParam("input", "lock")
                .formParam("w0", "1.00")
                .formParam("w1", "0")
                .post(page(run) + "/try");

        String shown = asked.header("Location").replace("#playground", "");
        await().atMost(SOON)
                .until(() -> AsBrowser.given(session).get(shown).asString().contains("With these weights"));
        assertThat(AsBrowser.given(session).get(shown).asString())
                .contains("Objective with these weights", "(the run's:", "value=\"1.00\"");
        AsBrowser.given(session)
                .formParam("w0", "much")
                .post(page(run) + "/try")
                .then()
                .statusCode(422);
    }

    @Test
    void a_compressed_adapter_and_a_full_model_are_made_on_demand() throws IOException {
        CompositionRun run = finished.of(member, 0, "un", "past");

        AsBrowser.given(session)
                .formParam("rank", 6)
                .post(page(run) + "/export")
                .then()
                .statusCode(303);
        AsBrowser.given(session)
                .formParam("rank", 0)
                .post(page(run) + "/export")
                .then()
                .statusCode(303);
        await().atMost(SOON).until(() -> links(run).size() == 2);

        List<String> names = new ArrayList<>();
        for (String link : links(run))
            names.addAll(names(AsBrowser.given(session).get(link).asByteArray()));
        assertThat(names)
                .contains(
                        "un-past-rank-6/adapter_config.json",
                        "un-past-rank-6/adapter_model.safetensors",
                        "un-past-rank-6/recipe.json",
                        "un-past-rank-6/README.md",
                        "un-past-full/model.safetensors",
                        "un-past-full/config.json",
                        "un-past-full/README.md");
        assertThat(Jsoup.parse(AsBrowser.given(session).get(page(run)).asString())
                        .select("#download a.btn[href*=/exports/]")
                        .eachText())
                .containsExactly("Download zip of rank 6", "Download zip of the full model");
        AsBrowser.given(session)
                .header("Range", "bytes=0-9")
                .get(links(run).get(0))
                .then()
                .statusCode(206);
        AsBrowser.given().get(links(run).get(0)).then().statusCode(404);
        AsBrowser.given(session)
                .formParam("rank", 99)
                .post(page(run) + "/export")
                .then()
                .statusCode(422);
    }

    private List<String> links(CompositionRun run) {
        Matcher links = Pattern.compile("href=\"(/runs/[^\"]*/exports/[^\"]*)\"")
                .matcher(AsBrowser.given(session).get(page(run)).asString());
        return links.results().map(match -> match.group(1)).toList();
    }

    private static List<String> names(byte[] zip) throws IOException {
        List<String> names = new ArrayList<>();
        try (ZipInputStream in = new ZipInputStream(new ByteArrayInputStream(zip))) {
            for (ZipEntry entry = in.getNextEntry(); entry != null; entry = in.getNextEntry())
                names.add(entry.getName());
        }
        return names;
    }
}
