package io.lorahub.upload.page;

import static io.lorahub.testsupport.AdapterFiles.CONFIG;
import static io.lorahub.testsupport.AdapterFiles.WEIGHTS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.lorahub.account.Person;
import io.lorahub.account.Role;
import io.lorahub.adapter.Adapter;
import io.lorahub.demo.DemoHub;
import io.lorahub.testsupport.AdapterFiles;
import io.lorahub.testsupport.AsBrowser;
import io.lorahub.testsupport.DemoOnHub;
import io.lorahub.testsupport.Hub;
import io.lorahub.testsupport.PostgresResource;
import io.lorahub.testsupport.SqlStatements;
import io.lorahub.testsupport.UploadForm;
import io.lorahub.testsupport.WithUploadChecks;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.Response;
import io.restassured.specification.RequestSpecification;
import java.time.Duration;
import java.util.List;
import org.jsoup.Jsoup;
import org.jsoup.nodes.Document;
import org.jsoup.nodes.Element;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The pages of uploads as a browser without scripts uses them. */
@QuarkusTest
@WithUploadChecks
@QuarkusTestResource(PostgresResource.class)
class DraftPageTest {

    private final Hub hub;
    private final DemoOnHub demo;
    private final SqlStatements statements;

    private Person person;
    private String session;

    DraftPageTest(Hub hub, DemoOnHub demo, SqlStatements statements) {
        this.hub = hub;
        this.demo = demo;
        this.statements = statements;
    }

    @BeforeEach
    void signIn() {
        person = hub.person(Role.MEMBER);
        demo.publish(person);
        session = hub.session(person);
    }

    @Test
    void files_of_a_form_are_checked_described_and_published() {
        String page = checked(send(demoAdapter("adverb")));
        assertThat(get(page).asString()).contains("checks passed", "lorahub/demo-base", ">Publish</button>");

        Response published = card("adverb", "publish").post(page);

        assertThat(published.statusCode()).as(published.asString()).isEqualTo(303);
        assertThat(published.header("Location")).endsWith("/" + person.name + "/adverb");
        Adapter adapter = QuarkusTransaction.requiringNew()
                .call(() -> Adapter.at(person.name, "adverb").orElseThrow());
        assertThat(adapter.title).isEqualTo("Makes adverbs");
        assertThat(adapter.tags).containsExactly("spelling", "suffix");
        assertThat(adapter.derivatives).isTrue();
        assertThat(get(page).header("Location")).endsWith("/" + person.name + "/adverb");
    }

    @Test
    void the_adapters_to_choose_from_are_named_without_reading_their_cards() {
        List<String> addresses = demo.publish(person, "un", "past");
        String page = checked(send(demoAdapter("adverb").unique()));

        assertThat(get(page).asString()).contains(addresses);
        assertThat(statements.loaded(Adapter.class, () -> get(page))).isLessThan(2);
    }

    @Test
    void a_tab_that_is_still_open_cannot_change_what_was_published() {
        String page = checked(send(demoAdapter("adverb").unique()));
        assertThat(card("two-tabs", "publish").post(page).statusCode()).isEqualTo(303);

        Response late = card("two-tabs", "save").formParam("adapter", "").post(page);

        assertThat(late.statusCode()).isEqualTo(409);
        assertThat(late.asString())
                .contains("This upload is already published as " + person.name
                        + "/two-tabs, so it can&#39;t be changed.");
        assertThat(get(page).header("Location")).endsWith("/" + person.name + "/two-tabs");
    }

    @Test
    void all_faults_of_the_card_come_at_once_and_what_was_typed_stays() {
        String page = checked(send(demoAdapter("agent").unique()));

        Response refused = browser()
                .formParam("name", "Not A Name")
                .formParam("title", "")
                .formParam("summary", "Typed <b>summary</b>")
                .formParam("licence", "")
                .formParam("visibility", "public")
                .formParam("do", "publish")
                .post(page);

        assertThat(refused.statusCode()).isEqualTo(422);
        assertThat(refused.asString())
                .contains("3 fields need a change", "cannot be a name", "Give it a title", "Choose a licence")
                .contains("Typed &lt;b&gt;summary&lt;/b&gt;", "value=\"Not A Name\"")
                .doesNotContain("<b>summary</b>");
    }

    @Test
    void a_draft_is_kept_and_its_description_previewed() {
        String page = checked(send(demoAdapter("anti")));

        assertThat(card("anti", "save").post(page).statusCode()).isEqualTo(303);
        assertThat(get(page).asString()).contains("value=\"Makes adverbs\"");
        Response preview = browser()
                .formParam("description", "*Hello* <script>alert(1)</script>")
                .formParam("do", "preview")
                .post(page);
        assertThat(preview.asString()).contains("<em>Hello</em>").doesNotContain("<script>alert(1)");
        assertThat(browser()
                        .formParam("description", "# Big")
                        .post(page + "/preview")
                        .asString())
                .contains("<h3>Big</h3>");
    }

    @Test
    void failed_checks_say_how_to_fix_them_and_a_base_model_can_be_named() {
        String page = checked(send(demoAdapter("brackets").replacing("lorahub/demo-base", "./base")));
        assertThat(get(page).asString())
                .contains("The base model is named", "path on the training machine", "aria-disabled=\"true\"");

        Response named = card("brackets", "save")
                .formParam("base_model", "lorahub/demo-base")
                .post(page + "/base-model");

        assertThat(named.statusCode()).as(named.asString()).isEqualTo(303);
        String corrected = get(checked(page)).asString();
        assertThat(corrected).contains("value=\"Makes adverbs\"").doesNotContain("aria-disabled=\"true\"");
    }

    @Test
    void a_configuration_with_too_many_values_is_refused_by_name_and_not_repaired() {
        String many = "\"r\": 8, \"extra\": [0%s]".formatted(",0".repeat(150_000));
        String page = checked(send(
                demoAdapter("brackets").replacing("lorahub/demo-base", "./base").replacing("\"r\": 8", many)));
        assertThat(get(page).asString()).contains("adapter_config.json is too large or too deeply nested");

        Response named = card("brackets", "save")
                .formParam("base_model", "lorahub/demo-base")
                .post(page + "/base-model");

        assertThat(named.statusCode()).as(named.asString()).isEqualTo(409);
    }

    @Test
    void the_same_fault_of_many_tensors_is_said_once() {
        String page = checked(send(demoAdapter("gerund").replacing("\"r\": 8", "\"r\": 4")));

        Document shown = Jsoup.parse(get(page).asString());

        Element ranks =
                shown.select("#checks .finding:contains(Ranks and scales)").first();
        assertThat(ranks.select(".fix")).hasSize(1);
        assertThat(ranks.text()).contains("23 more of the same kind", "All 24 in full");
        assertThat(ranks.select("details li")).hasSize(24);
    }

    @Test
    void a_second_adapter_of_a_taken_name_is_a_slip_and_a_new_version_is_chosen() {
        assertThat(card("first", "publish")
                        .post(checked(send(demoAdapter("first"))))
                        .statusCode())
                .isEqualTo(303);
        String page = checked(send(demoAdapter("last")));

        Response slip = card("first", "publish").formParam("adapter", "").post(page);
        assertThat(slip.statusCode()).isEqualTo(422);
        assertThat(slip.asString()).contains("already exists");

        String target = person.name + "/first";
        assertThat(browser().formParam("adapter", target).post(page).statusCode())
                .isEqualTo(303);
        assertThat(get(page).asString()).contains("placeholder=\"1.1.0\"", "value=\"Makes adverbs\"");
        Response published = card("ignored", "publish")
                .formParam("adapter", target)
                .formParam("notes", "The last letter.")
                .post(page);
        assertThat(published.statusCode()).as(published.asString()).isEqualTo(303);
        assertThat(get("/" + target).asString()).contains("1.1.0", "The last letter.");
    }

    @Test
    void only_its_own_button_replaces_what_was_typed_by_the_card_of_an_adapter() {
        card("first", "publish").post(checked(send(demoAdapter("first"))));
        String target = person.name + "/first";
        String page = checked(send(demoAdapter("last")));
        String pressedByEnter =
                Jsoup.parse(get(page).asString()).select("#card button").first().val();

        card("last", pressedByEnter)
                .formParam("adapter", target)
                .formParam("intended_use", "Typed.")
                .post(page);
        assertThat(get(page).asString()).contains("placeholder=\"1.1.0\"", "Typed.");

        card("last", "card").formParam("adapter", target).post(page);
        assertThat(get(page).asString()).contains("placeholder=\"1.1.0\"").doesNotContain("Typed.");
    }

    @Test
    void files_that_are_no_adapter_are_refused_on_the_page() {
        Response refused =
                browser().multiPart("files", "notes.txt", new byte[10]).post("/upload");
        assertThat(refused.statusCode()).isEqualTo(422);
        assertThat(refused.asString()).contains("None of these files is an adapter");
        assertThat(get("/uploads").asString()).contains("No uploads");
    }

    @Test
    void a_discarded_upload_is_gone() {
        String page = checked(send(demoAdapter("hashtag")));
        assertThat(get("/uploads").asString()).contains(page);
        assertThat(get(page + "/discard").asString()).contains(CONFIG, WEIGHTS);
        assertThat(browser().post(page + "/discard").statusCode()).isEqualTo(303);
        assertThat(get(page).statusCode()).isEqualTo(410);
        assertThat(get("/uploads").asString()).doesNotContain(page);
    }

    @Test
    void nobody_else_sees_it() {
        String page = checked(send(demoAdapter("the")));
        session = hub.session(hub.person(Role.ADMIN));
        assertThat(get(page).statusCode()).isEqualTo(404);
        assertThat(get(page + "/checks").statusCode()).isEqualTo(404);
        assertThat(get(page + "/discard").statusCode()).isEqualTo(404);
        assertThat(card("the", "publish").post(page).statusCode()).isEqualTo(404);
        assertThat(browser().post(page + "/discard").statusCode()).isEqualTo(404);
        assertThat(AsBrowser.given().get(page).header("Location")).contains("/signin");
    }

    private static AdapterFiles demoAdapter(String name) {
        return AdapterFiles.of(DemoHub.open().adaptersFolder().resolve(name));
    }

    private RequestSpecification browser() {
        return AsBrowser.given(session);
    }

    private Response get(String path) {
        return browser().get(path);
    }

    /** The address of the page to which the browser is led. */
    private String send(AdapterFiles files) {
        return UploadForm.send(session, files.map());
    }

    private String checked(String page) {
        await().atMost(Duration.ofMinutes(1)).until(() -> get(page + "/checks").statusCode() == 204);
        return page;
    }

    private RequestSpecification card(String name, String action) {
        return browser()
                .formParam("name", name)
                .formParam("title", "Makes adverbs")
                .formParam("summary", "Puts ly behind a word.")
                .formParam("tags", "spelling, suffix")
                .formParam("languages", "en")
                .formParam("licence", "MIT")
                .formParam("derivatives", "true")
                .formParam("visibility", "unlisted")
                .formParam("do", action);
    }
}
