package io.lorahub.huggingface.writing;

import static io.lorahub.huggingface.writing.RepositoryClient.add;
import static io.lorahub.testsupport.AdapterBuilder.anAdapter;
import static io.lorahub.testsupport.PublicationBuilder.aPublication;
import static io.restassured.RestAssured.given;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.not;

import io.lorahub.account.AccessToken.Scope;
import io.lorahub.account.Person;
import io.lorahub.account.Publisher;
import io.lorahub.account.Role;
import io.lorahub.adapter.Adapter;
import io.lorahub.adapter.AdapterState;
import io.lorahub.adapter.Repository;
import io.lorahub.adapter.Visibility;
import io.lorahub.adapter.publication.Publishing;
import io.lorahub.adapter.publication.PublishingException;
import io.lorahub.notice.Notice;
import io.lorahub.testsupport.AsBrowser;
import io.lorahub.testsupport.Hub;
import io.lorahub.testsupport.ModeratorsQueue;
import io.lorahub.testsupport.PostgresResource;
import io.lorahub.testsupport.PublicationBuilder;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.http.ContentType;
import io.restassured.response.Response;
import io.restassured.specification.RequestSpecification;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.commons.codec.digest.DigestUtils;
import org.jsoup.Jsoup;
import org.jsoup.nodes.Document;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A public repository without an adapter: its page, and what moderators can do about it. */
@QuarkusTest
@QuarkusTestResource(PostgresResource.class)
class ModeratedRepositoryTest {

    private static final byte[] CONTENT = "MZ, a program".getBytes(UTF_8);
    private static final String FILE = "tools/crack me.exe";
    private static final String FILE_PATH = "/resolve/main/tools/crack%20me.exe";

    private final Hub hub;
    private final Publishing publishing;

    @TempDir
    Path folder;

    private Person owner;
    private Person other;
    private Person moderator;
    private String token;
    private String id;
    private RepositoryClient repository;

    ModeratedRepositoryTest(Hub hub, Publishing publishing) {
        this.hub = hub;
        this.publishing = publishing;
    }

    @BeforeEach
    void send() {
        owner = hub.person(Role.MEMBER);
        other = hub.person(Role.MEMBER);
        moderator = hub.person(Role.MODERATOR);
        token = hub.token(owner, Scope.WRITE);
        id = owner.name + "/tool";
        repository = new RepositoryClient(token, id);
        RepositoryClient.by(token)
                .contentType(ContentType.JSON)
                .body(Map.of("name", "tool"))
                .post("/api/repos/create")
                .then()
                .statusCode(200);
        assertThat(repository.commit(add(FILE, CONTENT)).statusCode()).isEqualTo(200);
    }

    private RequestSpecification by(Person person) {
        return AsBrowser.given(hub.session(person));
    }

    private static Document page(RequestSpecification request, String path) {
        Response answer = request.get(path);
        assertThat(answer.statusCode()).as(path).isEqualTo(200);
        return Jsoup.parse(answer.asString());
    }

    private Repository stored() {
        return QuarkusTransaction.requiringNew()
                .call(() -> Repository.at(Publisher.named(owner.name).orElseThrow(), "tool")
                        .orElseThrow());
    }

    private void decide(String action) {
        by(moderator)
                .formParam("action", action)
                .formParam("reason", "It is a program.")
                .formParam("edition", stored().edition)
                .post("/moderation/cases/" + id)
                .then()
                .statusCode(303);
    }

    private void ban() {
        by(moderator)
                .formParam("reason", "Spreads programs.")
                .post("/moderation/members/" + owner.name + "/ban")
                .then()
                .statusCode(303);
    }

    private void unban() {
        by(moderator)
                .post("/moderation/members/" + owner.name + "/unban")
                .then()
                .statusCode(303);
    }

    private static Response file(String id) {
        return given().urlEncodingEnabled(false).get("/" + id + FILE_PATH);
    }

    private void assertServed() {
        assertThat(file(id).asByteArray()).isEqualTo(CONTENT);
        given().get("/" + id).then().statusCode(200);
        given().get("/" + owner.name).then().body(containsString("\"/" + id + "\""));
    }

    private void assertTakenDown() {
        for (Response answer : List.of(
                file(id),
                given().urlEncodingEnabled(false).header("Range", "bytes=3-").get("/" + id + FILE_PATH),
                given().urlEncodingEnabled(false).head("/" + id + FILE_PATH),
                given().get("/api/models/" + id))) {
            assertThat(answer.statusCode()).isEqualTo(403);
            assertThat(answer.header("X-Error-Message")).isEqualTo("Access to this resource is disabled.");
        }
        given().get("/" + id).then().statusCode(404);
        by(other).get("/" + id + "/report").then().statusCode(404);
        given().get("/" + owner.name).then().statusCode(200).body(not(containsString(id)));
        by(moderator).get("/" + id).then().statusCode(200).body(containsString("Taken down"));
        by(moderator).get("/" + owner.name).then().body(containsString("\"/" + id + "\""));
    }

    /** An address for a file of the repository. */
    private String transfer(String content) {
        String url = RepositoryClient.by(token)
                .contentType("application/vnd.git-lfs+json")
                .body("{\"operation\": \"upload\", \"objects\": [{\"oid\": \"%s\", \"size\": %d}]}"
                        .formatted(DigestUtils.sha256Hex(content), content.length())
                        .getBytes(UTF_8))
                .post("/" + id + ".git/info/lfs/objects/batch")
                .then()
                .statusCode(200)
                .extract()
                .path("objects[0].actions.upload.href");
        return url.substring(url.indexOf("/api/lfs/"));
    }

    private long notices(Person person, String title) {
        return QuarkusTransaction.requiringNew()
                .call(() -> Notice.count("personId = ?1 and title = ?2", person.id, title));
    }

    @Test
    void its_page_shows_files_and_commits_and_says_what_an_adapter_needs() {
        Document page = page(given(), "/" + id);

        assertThat(page.selectFirst("h1").text()).isEqualTo(id);
        assertThat(page.selectFirst(".lede").text())
                .contains("holds no adapter that LoraHub recognises")
                .contains("adapter_config.json");
        assertThat(page.select("a[href='/" + id + FILE_PATH + "']")).hasSize(1);
        assertThat(page.select("#files-0 ~ .table-wrap").text()).contains(FILE, CONTENT.length + " B");
        assertThat(page.select("section[aria-labelledby=commits-t]").text())
                .contains("Send it", "initial commit", owner.name);
        assertThat(page.select("a[href='/" + id + "/report']")).hasSize(1);
        assertThat(page.select("a[href='/" + id + "/edit'], a[href='/" + id + "/delete']"))
                .isEmpty();
        Document own = page(by(owner), "/" + id);
        assertThat(own.select("a[href='/" + id + "/edit'], a[href='/" + id + "/delete']"))
                .hasSize(2);
        assertThat(own.select("a[href='/" + id + "/report']")).isEmpty();
        assertServed();
    }

    @Test
    void files_of_other_branches_are_shown_too() {
        RepositoryClient.by(token)
                .contentType(ContentType.JSON)
                .body(Map.of())
                .post("/api/models/" + id + "/branch/hidden")
                .then()
                .statusCode(200);
        RepositoryClient.by(token)
                .contentType("application/x-ndjson")
                .body((RepositoryClient.HEADER + add("other.exe", CONTENT)).getBytes(UTF_8))
                .post("/api/models/" + id + "/commit/hidden")
                .then()
                .statusCode(200);

        String link = page(given(), "/" + id)
                .selectFirst("a[aria-label='Download other.exe']")
                .attr("href");

        assertThat(given().urlEncodingEnabled(false).get(link).asByteArray()).isEqualTo(CONTENT);
    }

    @Test
    void any_other_spelling_of_its_name_leads_to_its_page() {
        Response answer = AsBrowser.given().get("/" + id.toUpperCase(java.util.Locale.ROOT));

        assertThat(answer.statusCode()).isEqualTo(301);
        assertThat(answer.header("Location")).endsWith("/" + id);
    }

    @Test
    void its_owner_changes_who_can_see_it() {
        by(owner)
                .formParam("visibility", "nobody")
                .post("/" + id + "/edit")
                .then()
                .statusCode(422)
                .body(containsString(Visibility.UNKNOWN.message()));
        by(owner)
                .formParam("visibility", "private")
                .post("/" + id + "/edit")
                .then()
                .statusCode(303);

        assertThat(page(by(owner), "/" + id + "/edit").select("input[value=private][checked]"))
                .hasSize(1);
        for (Person person : List.of(other, moderator)) {
            by(person).get("/" + id).then().statusCode(404);
            by(person).get("/" + owner.name).then().body(not(containsString(id)));
        }
        assertThat(file(id).statusCode()).isEqualTo(404);
        assertThat(page(by(owner), "/" + owner.name)
                        .select("section[aria-labelledby=repositories]")
                        .text())
                .contains(id, "Private");
        by(owner)
                .formParam("visibility", "unlisted")
                .post("/" + id + "/edit")
                .then()
                .statusCode(303);
        by(other).get("/" + id).then().statusCode(200);
        by(other).get("/" + owner.name).then().body(not(containsString(id)));
    }

    @Test
    void it_is_reported_taken_down_appealed_and_restored() {
        by(other)
                .formParam("category", "harmful")
                .formParam("text", "It is <b>malware</b>.")
                .post("/" + id + "/report")
                .then()
                .statusCode(303);
        assertThat(ModeratorsQueue.pageWith(hub.session(moderator), "\"/" + id + "\""))
                .contains("It is &lt;b&gt;malware&lt;/b&gt;.")
                .contains(FILE);
        by(moderator).get("/moderation/cases/" + id).then().statusCode(200).body(containsString(FILE));
        String address = transfer("more of it");

        decide("take-down");

        assertTakenDown();
        assertThat(given().body("more of it").put(address).statusCode()).isEqualTo(403);
        assertThat(RepositoryClient.by(token)
                        .body("{}".getBytes(UTF_8))
                        .contentType("application/vnd.git-lfs+json")
                        .post("/" + id + ".git/info/lfs/objects/batch")
                        .statusCode())
                .isEqualTo(403);
        assertThat(repository.get("/xet-write-token/main").statusCode()).isEqualTo(403);
        assertThat(notices(owner, "A moderator took %s down.".formatted(id))).isEqualTo(1);
        assertThat(notices(other, "Your report on %s was reviewed.".formatted(id)))
                .isEqualTo(1);
        by(owner)
                .get("/" + id)
                .then()
                .statusCode(200)
                .body(containsString("It is a program."))
                .body(containsString("/" + id + "/appeal"));
        by(owner)
                .formParam("text", "It only prints.")
                .post("/" + id + "/appeal")
                .then()
                .statusCode(303);
        assertThat(ModeratorsQueue.pageWith(hub.session(moderator), "\"/" + id + "\""))
                .contains("It only prints.");

        decide("restore");

        assertServed();
        given().body("more of it").put(address).then().statusCode(200);
        by(moderator)
                .get("/moderation/audit?subject=" + id)
                .then()
                .body(containsString("repository.take-down"))
                .body(containsString("repository.restore"))
                .body(containsString("repository.appeal"))
                .body(containsString("repository.report"));
    }

    @Test
    void it_is_reported_and_decided_about_in_the_api() {
        given().auth()
                .oauth2(hub.token(other, Scope.WRITE))
                .contentType(ContentType.JSON)
                .body(Map.of("category", "spam"))
                .post("/api/v1/adapters/" + id + "/reports")
                .then()
                .statusCode(201)
                .body("adapter", equalTo(id));
        String moderating = hub.token(moderator, Scope.ADMINISTER);
        Response opened = given().auth().oauth2(moderating).get("/api/v1/moderation/cases/" + id);
        assertThat(opened.<String>path("reports[0].category")).isEqualTo("spam");
        given().auth()
                .oauth2(moderating)
                .contentType(ContentType.JSON)
                .body(Map.of("action", "take-down", "reason", "Spam.", "edition", opened.<Integer>path("edition")))
                .post("/api/v1/moderation/cases/" + id + "/decisions")
                .then()
                .statusCode(201);
        assertTakenDown();
    }

    @Test
    void a_decision_about_other_files_than_the_moderator_saw_is_a_conflict() {
        int seen = stored().edition;
        repository.commit(add("another.exe", CONTENT));

        by(moderator)
                .formParam("action", "approve")
                .formParam("reason", "Harmless.")
                .formParam("edition", seen)
                .post("/moderation/cases/" + id)
                .then()
                .statusCode(409);
    }

    @Test
    void it_is_taken_down_with_the_ban_of_its_owner_and_comes_back() {
        String address = transfer("more of it");

        ban();

        assertTakenDown();
        assertThat(given().body("more of it").put(address).statusCode()).isEqualTo(403);
        assertThat(given().body("{}").post(address).statusCode()).isEqualTo(403);
        assertThat(given().body("more").put(address + "/1").statusCode()).isEqualTo(403);
        assertThat(repository.commit(add("x.exe", CONTENT)).statusCode()).isEqualTo(401);
        by(moderator).get("/moderation/cases/" + id).then().body(containsString("is banned"));

        unban();

        assertServed();
        given().body("more of it").put(address).then().statusCode(200);
    }

    @Test
    void adapters_of_a_banned_member_stay_but_take_no_files() {
        Adapter adapter = hub.adapter(owner, Visibility.PUBLIC);
        id = owner.name + "/" + adapter.name;
        String address = transfer("more of it");

        ban();

        given().get("/" + id).then().statusCode(200);
        given().get("/api/models/" + id).then().statusCode(200).body("disabled", equalTo(false));
        assertThat(given().body("more of it").put(address).statusCode()).isEqualTo(403);
    }

    @Test
    void its_owner_or_an_admin_deletes_it() {
        int edition = stored().edition;
        by(owner)
                .formParam("edition", edition - 1)
                .post("/" + id + "/delete")
                .then()
                .statusCode(412);
        by(owner).get("/" + id + "/delete").then().body(containsString("Delete " + id + "?"));
        by(owner)
                .formParam("edition", edition)
                .post("/" + id + "/delete")
                .then()
                .statusCode(303);
        assertThat(file(id).statusCode()).isEqualTo(404);

        send();
        by(hub.person(Role.ADMIN))
                .formParam("edition", stored().edition)
                .post("/" + id + "/delete")
                .then()
                .statusCode(303);
        assertThat(file(id).statusCode()).isEqualTo(404);
        assertThat(notices(owner, id + " was deleted.")).isEqualTo(1);
    }

    @Test
    void its_owner_cannot_end_a_take_down_by_deleting_it() {
        decide("take-down");
        by(owner)
                .formParam("edition", stored().edition)
                .post("/" + id + "/delete")
                .then()
                .statusCode(403);
        assertTakenDown();
        by(hub.person(Role.ADMIN))
                .formParam("edition", stored().edition)
                .post("/" + id + "/delete")
                .then()
                .statusCode(303);
    }

    private PublicationBuilder publication() {
        return aPublication(owner, anAdapter().in(folder, "un")).named("tool").visible(Visibility.PUBLIC);
    }

    @Test
    void no_adapter_is_published_in_it_while_it_is_taken_down() {
        decide("take-down");
        hub.actAs(owner);

        assertThatThrownBy(() -> publishing.publish(publication().build()))
                .isInstanceOf(PublishingException.class)
                .hasMessageContaining("taken down by moderation");

        assertTakenDown();
    }

    @Test
    void reports_and_decisions_stay_when_an_adapter_is_published_in_it() {
        by(other)
                .formParam("category", "spam")
                .post("/" + id + "/report")
                .then()
                .statusCode(303);
        decide("ask-for-changes");
        by(other)
                .formParam("category", "harmful")
                .post("/" + id + "/report")
                .then()
                .statusCode(303);
        hub.actAs(owner);

        Adapter adapter = publishing.publish(publication().build()).adapter;

        assertThat(adapter.state).isEqualTo(AdapterState.CHANGES_REQUESTED);
        Response opened =
                given().auth().oauth2(hub.token(moderator, Scope.ADMINISTER)).get("/api/v1/moderation/cases/" + id);
        assertThat(opened.<String>path("state")).isEqualTo("changes-requested");
        assertThat(opened.<List<String>>path("reports.category")).containsExactly("harmful");
        assertThat(opened.<List<String>>path("decisions.action")).containsExactly("ask-for-changes");
        by(moderator).get("/moderation/cases/" + id).then().body(containsString("Base model"));
    }
}
