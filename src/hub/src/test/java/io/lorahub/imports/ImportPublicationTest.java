package io.lorahub.imports;

import static io.lorahub.testsupport.AdapterFiles.CONFIG;
import static io.lorahub.testsupport.AdapterFiles.WEIGHTS;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lorahub.account.Role;
import io.lorahub.imports.source.AllowedHosts;
import io.lorahub.notice.Notice;
import io.lorahub.testsupport.AsBrowser;
import io.lorahub.testsupport.DemoOnHub;
import io.lorahub.testsupport.Hub;
import io.lorahub.testsupport.PostgresResource;
import io.lorahub.testsupport.WithUploadChecks;
import io.lorahub.testsupport.server.OtherHubResource;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.RestAssured;
import io.restassured.response.Response;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jsoup.Jsoup;
import org.jsoup.nodes.Document;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** From another hub to a published adapter, and to its next version. */
@QuarkusTest
@WithUploadChecks
@QuarkusTestResource(PostgresResource.class)
@QuarkusTestResource(OtherHubResource.class)
class ImportPublicationTest extends ImportFixture {

    private final DemoOnHub demo;
    private String session;

    ImportPublicationTest(Hub hub, AllowedHosts hosts, DemoOnHub demo) {
        super(hub, hosts);
        this.demo = demo;
    }

    @BeforeEach
    void signIn() {
        demo.publish(hub.person(Role.MEMBER)); // and with it the base model
        session = hub.session(person);
    }

    private static ObjectNode published(String visibility) {
        ObjectNode body = body("ada/past").put("publish", true);
        body.putObject("card").put("visibility", visibility);
        return body;
    }

    @Test
    void an_import_is_published_when_it_has_passed_its_checks() {
        JsonNode done = ended(published("public"));

        assertThat(done.path("state").asText()).as("%s", done).isEqualTo("done");
        assertThat(done.path("adapter").asText()).isEqualTo(person.name + "/past");
        assertThat(done.has("upload")).isFalse();
        JsonNode adapter = get("/api/v1/adapters/" + person.name + "/past");
        assertThat(adapter.path("title").asText()).isEqualTo("Past tense");
        assertThat(adapter.path("licence").asText()).isEqualTo("Apache-2.0");
        assertThat(adapter.path("visibility").asText()).isEqualTo("public");
        JsonNode source = adapter.path("versions").get(0).path("imported_from");
        assertThat(source.path("hub").asText()).isEqualTo(hubs.get(0).toString());
        assertThat(source.path("repository").asText()).isEqualTo("ada/past");
        assertThat(source.path("commit").asText()).isEqualTo(COMMIT);
        Document page = page("/" + person.name + "/past");
        assertThat(page.select("aside").text())
                .contains("Imported from " + hubs.get(0) + "/ada/past", "at commit 01234567");
        assertThat(Jsoup.parse(AsBrowser.given()
                                .get("/" + person.name + "/past")
                                .asString())
                        .text())
                .contains("Imported from")
                .doesNotContain("Check for updates");
    }

    @Test
    void an_update_is_a_draft_of_a_new_version_or_nothing_new() {
        ended(published("private"));
        Map<String, String> update = Map.of("adapter", person.name + "/past", "from", hubs.get(0) + "/ada/past");
        assertThat(page("/" + person.name + "/past")
                        .select("form[action=/imports] button")
                        .text())
                .isEqualTo("Check for updates");

        String same =
                AsBrowser.given(session).formParams(update).post("/imports").header("Location");
        assertThat(ended("/api/v1" + path(same)).path("state").asText()).isEqualTo("unchanged");
        assertThat(page(path(same)).text()).contains("There is nothing new.");

        String next = "9" + COMMIT.substring(1);
        other.with("ada/past", next, files.with("README.md", "# Only this\n").map());
        String text =
                AsBrowser.given(session).formParams(update).post("/imports").header("Location");
        assertThat(ended("/api/v1" + path(text)).path("state").asText()).isEqualTo("unchanged");

        other.with("ada/past", "8" + COMMIT.substring(1), past().map());
        String changed =
                AsBrowser.given(session).formParams(update).post("/imports").header("Location");
        JsonNode done = ended("/api/v1" + path(changed));
        assertThat(done.path("state").asText()).as("%s", done).isEqualTo("done");
        assertThat(done.path("reused").asLong())
                .isGreaterThanOrEqualTo(files.get(CONFIG).length)
                .isLessThan(files.get(WEIGHTS).length);
        assertThat(get(done.path("upload").asText()).path("adapter").asText()).isEqualTo(person.name + "/past");
    }

    @ParameterizedTest
    @CsvSource({"mine", "''"})
    void an_import_without_a_name_continues_what_an_earlier_one_has_become(String name) {
        ObjectNode first = published("private");
        if (!name.isEmpty()) ((ObjectNode) first.path("card")).put("name", name);
        String address = person.name + "/" + (name.isEmpty() ? "past" : name);
        assertThat(ended(first).path("adapter").asText()).isEqualTo(address);

        JsonNode same = ended(published("private"));

        assertThat(same.path("state").asText()).as("%s", same).isEqualTo("unchanged");
        assertThat(same.path("adapter").asText()).isEqualTo(address);
        assertThat(same.path("version").asText()).isEqualTo("1.0.0");
        assertThat(page(same.path("page").asText()).text())
                .contains(address + " 1.0.0 already has the files", "Nothing was published");
        assertThat(notices()).first().asString().contains("Nothing is new", address + " 1.0.0 already has its files");

        other.with("ada/past", "8" + COMMIT.substring(1), past().map());
        JsonNode changed = ended(published("private"));

        assertThat(changed.path("state").asText()).as("%s", changed).isEqualTo("done");
        assertThat(changed.path("adapter").asText()).isEqualTo(address);
        assertThat(get("/api/v1/adapters/" + address).path("versions")).hasSize(2);
        assertThat(openUploads()).isZero();
    }

    @Test
    void an_import_with_a_name_becomes_the_adapter_of_that_name() {
        ended(published("private"));
        ObjectNode named = published("private");
        ((ObjectNode) named.path("card")).put("name", "second");

        assertThat(ended(named).path("adapter").asText()).isEqualTo(person.name + "/second");

        JsonNode again = ended(named);
        assertThat(again.path("state").asText()).as("%s", again).isEqualTo("unchanged");
        assertThat(again.path("adapter").asText()).isEqualTo(person.name + "/second");
    }

    private static String path(String location) {
        return location.replaceFirst("^https?://[^/]*", "");
    }

    @Test
    void what_the_checks_refuse_stays_as_an_upload_to_fix() {
        other.with("ada/past", COMMIT, files.replacing("\"r\": 8", "\"r\": 9").map());

        JsonNode refused = ended(published("public"));

        assertThat(refused.path("state").asText()).isEqualTo("unpublished");
        assertThat(refused.path("failure").asText()).contains("didn't pass the checks");
        assertThat(get(refused.path("upload").asText()).path("state").asText()).isEqualTo("failed");
        Document shown = page(refused.path("page").asText());
        assertThat(shown.text())
                .contains("The adapter is here, but not published.")
                .doesNotContain("Failed");
        assertThat(shown.select("a.btn-primary").attr("href"))
                .isEqualTo(refused.path("upload_page").asText());
        assertThat(notices())
                .first()
                .asString()
                .contains("“ada/past” has been imported, but not published", "didn't pass the checks")
                .contains(refused.path("upload_page").asText());
    }

    @Test
    void the_next_try_replaces_the_upload_that_an_unpublished_import_left() {
        other.with("ada/past", COMMIT, files.replacing("\"r\": 8", "\"r\": 9").map());
        JsonNode refused = ended(published("private"));
        other.with("ada/past", "9" + COMMIT.substring(1), past().map());

        JsonNode done = ended(published("private"));

        assertThat(done.path("state").asText()).as("%s", done).isEqualTo("done");
        assertThat(openUploads()).isZero();
        assertThat(page(refused.path("page").asText()).text())
                .contains("has since been published, replaced or discarded");
    }

    @Test
    void a_licence_that_no_readme_says_is_missed_before_the_weights_are_fetched() {
        other.with("ada/past", COMMIT, files.with("README.md", "# Past\n").map());

        JsonNode failed = ended(published("private"));

        assertThat(failed.path("state").asText()).isEqualTo("failed");
        assertThat(failed.path("failure").asText())
                .contains("It couldn't be published", "Choose a licence", "card here");
        assertThat(other.asked(weights())).isEmpty();
        assertThat(openUploads()).isZero();
    }

    @Test
    void a_licence_that_this_hub_does_not_know_is_named() {
        other.with(
                "ada/past",
                COMMIT,
                files.with("README.md", "---\nlicense: own-1\n---\n# Past\n").map());

        assertThat(ended(published("private")).path("failure").asText()).contains("“own-1” is not in the list");
    }

    @Test
    void an_adapter_without_a_readme_is_published_with_what_the_request_says() {
        var without = new TreeMap<>(files.map());
        without.remove("README.md");
        other.with("ada/past", COMMIT, without);

        String started = AsBrowser.given(session)
                .formParams(Map.of(
                        "from", "ada/past", "then", "private", "licence", "other", "description", "Ask me first."))
                .post("/imports")
                .header("Location");
        JsonNode done = ended("/api/v1" + path(started));

        assertThat(done.path("state").asText()).as("%s", done).isEqualTo("done");
        JsonNode adapter = get("/api/v1/adapters/" + person.name + "/past");
        assertThat(adapter.path("licence").asText()).isEqualTo("other");
        assertThat(adapter.path("description").asText()).isEqualTo("Ask me first.");
        assertThat(notices()).first().asString().contains("has been imported and published", person.name + "/past");
    }

    @Test
    void an_impossible_name_licence_or_version_is_refused_at_once() {
        ObjectNode body = published("private");
        ((ObjectNode) body.path("card"))
                .put("name", "Über uns")
                .put("licence", "own-1")
                .put("version", "one");

        Response answer = post(body);

        assertThat(answer.statusCode()).isEqualTo(422);
        assertThat(answer.asString())
                .contains("“Über uns” cannot be a name", "“own-1” is not", "“one” isn't a version");
        assertThat(other.asked(LISTING)).isEmpty();
    }

    private List<String> notices() {
        return QuarkusTransaction.requiringNew()
                .call(() -> Notice.<Notice>list("personId = ?1 order by id desc", person.id).stream()
                        .map(notice -> notice.title + " " + notice.body + " " + notice.link)
                        .toList());
    }

    @Test
    void an_adapter_comes_from_another_LoraHub_as_its_protocol_serves_it() {
        String address = demo.publish(hub.person(Role.MEMBER), "un").get(0);
        relay("/api/models/%s/revision/main".formatted(address));
        String commit = json(RestAssured.given().get("/api/models/" + address + "/revision/main"))
                .path("sha")
                .asText();
        for (String file : new String[] {CONFIG, WEIGHTS, "README.md"}) {
            relay("/%s/resolve/%s/%s".formatted(address, commit, file));
        }

        JsonNode done = ended(body(address));

        assertThat(done.path("state").asText()).as("%s", done).isEqualTo("done");
        assertThat(done.path("commit").asText()).isEqualTo(commit);
        JsonNode upload = get(done.path("upload").asText());
        assertThat(upload.path("files")).hasSizeGreaterThanOrEqualTo(3);
        assertThat(upload.path("card").path("title").asText()).isNotEmpty();
    }

    /** Answers as this hub does. */
    private void relay(String path) {
        other.once(path, exchange -> {
            Response answer = RestAssured.given().get(path + "?blobs=true");
            byte[] body = answer.asByteArray();
            exchange.sendResponseHeaders(answer.statusCode(), body.length);
            exchange.getResponseBody().write(body);
        });
    }

    @Test
    void the_page_starts_shows_and_cancels_an_import() {
        Document form = page("/imports");
        assertThat(form.select("select[name=hub] option")).hasSize(3);
        assertThat(page("/upload").select("a[href=/imports]")).hasSize(1);

        Response refused = AsBrowser.given(session)
                .formParams(Map.of("from", "a b", "then", "draft"))
                .post("/imports");
        assertThat(refused.statusCode()).isEqualTo(422);
        assertThat(Jsoup.parse(refused.asString()).select("#f-from-error").text())
                .contains("\"a b\" isn't the name");

        Response started = AsBrowser.given(session)
                .formParams(Map.of("from", "ada/past", "hub", hubs.get(0).toString(), "then", "unlisted"))
                .post("/imports");
        assertThat(started.statusCode()).as(started.asString()).isEqualTo(303);
        String path = path(started.header("Location"));
        JsonNode done = ended("/api/v1" + path);
        assertThat(done.path("state").asText()).as("%s", done).isEqualTo("done");
        assertThat(get("/api/v1/adapters/" + person.name + "/past")
                        .path("visibility")
                        .asText())
                .isEqualTo("unlisted");
        assertThat(page(path).select("a.btn-primary").attr("href")).isEqualTo("/" + person.name + "/past");
        assertThat(page("/imports").select(".entry").text()).contains("ada/past", "Published");

        assertThat(AsBrowser.given(session).post(path + "/cancel").statusCode()).isEqualTo(303);
        assertThat(get("/api/v1" + path).path("state").asText()).isEqualTo("done");
    }

    private Document page(String path) {
        return Jsoup.parse(AsBrowser.given(session).get(path).asString());
    }
}
