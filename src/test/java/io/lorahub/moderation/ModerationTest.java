package io.lorahub.moderation;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.not;

import io.lorahub.account.AccessToken.Scope;
import io.lorahub.account.Person;
import io.lorahub.account.Role;
import io.lorahub.adapter.Adapter;
import io.lorahub.adapter.AdapterState;
import io.lorahub.adapter.AdapterVersion;
import io.lorahub.adapter.Visibility;
import io.lorahub.audit.AuditEntry;
import io.lorahub.notice.Notice;
import io.lorahub.testsupport.AsBrowser;
import io.lorahub.testsupport.Hub;
import io.lorahub.testsupport.PostgresResource;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.http.ContentType;
import io.restassured.specification.RequestSpecification;
import java.util.List;
import java.util.Map;
import org.jsoup.Jsoup;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@QuarkusTest
@QuarkusTestResource(PostgresResource.class)
class ModerationTest {

    private final Hub hub;
    private Person owner;
    private Person reporter;
    private Person moderator;
    private Adapter adapter;

    ModerationTest(Hub hub) {
        this.hub = hub;
    }

    @BeforeEach
    void publish() {
        owner = hub.person(Role.MEMBER);
        reporter = hub.person(Role.MEMBER);
        moderator = hub.person(Role.MODERATOR);
        adapter = hub.adapter(owner, Visibility.PUBLIC);
    }

    private RequestSpecification by(Person person) {
        return AsBrowser.given(hub.session(person));
    }

    private RequestSpecification api(Person person) {
        return given().auth()
                .oauth2(hub.token(person, person.role == Role.MEMBER ? Scope.WRITE : Scope.ADMINISTER))
                .contentType(ContentType.JSON);
    }

    private String address() {
        return owner.name + "/" + adapter.name;
    }

    private void report(Person person, String category, int status) {
        by(person)
                .formParam("category", category)
                .formParam("text", "It is <b>mine</b>.")
                .post("/" + address() + "/report")
                .then()
                .statusCode(status);
    }

    private Adapter stored() {
        return QuarkusTransaction.requiringNew().call(() -> Adapter.findById(adapter.id));
    }

    private void decide(String action, String reason, int status) {
        by(moderator)
                .formParam("action", action)
                .formParam("reason", reason)
                .formParam("edition", stored().edition)
                .post("/moderation/cases/" + address())
                .then()
                .statusCode(status);
    }

    private long notices(Person person, String word) {
        return QuarkusTransaction.requiringNew()
                .call(() -> Notice.<Notice>list("personId", person.id).stream()
                        .filter(n -> n.title.contains(word))
                        .count());
    }

    @Test
    void what_became_private_after_a_report_waits_for_admins_only() {
        report(reporter, "copy", 303);
        QuarkusTransaction.requiringNew().run(() -> {
            Adapter made = Adapter.findById(adapter.id);
            made.visibility = Visibility.PRIVATE;
            made.title = "Not yours to read";
        });

        Person admin = hub.person(Role.ADMIN);
        for (String path : new String[] {"/moderation", "/api/v1/moderation/queue?limit=100"}) {
            by(moderator)
                    .get(path)
                    .then()
                    .statusCode(200)
                    .body(not(containsString(address())))
                    .body(not(containsString("Not yours to read")));
        }
        by(admin).get("/api/v1/moderation/queue?limit=100").then().body(containsString(address()));
    }

    @Test
    void a_reported_adapter_waits_is_taken_down_appealed_and_restored() {
        report(reporter, "copy", 303);
        by(moderator)
                .get("/moderation")
                .then()
                .statusCode(200)
                .body(containsString(address()))
                .body(containsString("for=\"f-reason-%d\"".formatted(adapter.id)))
                .body(containsString("id=\"f-reason-%d\"".formatted(adapter.id)))
                .body(containsString("It is &lt;b&gt;mine&lt;/b&gt;."));

        decide("take-down", "It copies demo/un.", 303);
        assertThat(stored().state).isEqualTo(AdapterState.TAKEN_DOWN);
        given().get("/api/v1/adapters/" + address()).then().statusCode(404);
        by(owner)
                .get("/" + address() + "/appeal")
                .then()
                .statusCode(200)
                .body(containsString("It copies demo/un."))
                .body(containsString("<a href=\"/" + address() + "\">"));
        assertThat(notices(owner, "A moderator took %s down.".formatted(address())))
                .isEqualTo(1);
        assertThat(notices(reporter, "was looked at")).isEqualTo(1);

        by(owner)
                .formParam("text", "I trained it.")
                .post("/" + address() + "/appeal")
                .then()
                .statusCode(303);
        by(moderator).get("/moderation").then().body(containsString("I trained it."));
        by(owner)
                .get("/" + address())
                .then()
                .body(containsString("Your appeal is open"))
                .body(not(containsString("/appeal\"")));
        decide("restore", "You are right.", 303);

        assertThat(stored().state).isEqualTo(AdapterState.ACTIVE);
        assertThat(stored().stateReason).isNull();
        given().get("/api/v1/adapters/" + address()).then().statusCode(200);
        by(moderator)
                .get("/moderation/audit?subject=" + address())
                .then()
                .body(containsString("adapter.take-down"))
                .body(containsString("adapter.restore"))
                .body(containsString("adapter.appeal"));
    }

    @Test
    void an_appeal_that_is_refused_waits_no_longer_and_its_owner_learns_why() {
        report(reporter, "copy", 303);
        decide("take-down", "It copies demo/un.", 303);
        by(owner).formParam("text", "It is mine.").post("/" + address() + "/appeal");
        by(moderator)
                .get("/moderation/cases/" + address())
                .then()
                .body(containsString(">Keep it down<"))
                .body(not(containsString("value=\"take-down\">Take down<")));

        decide("take-down", "Every tensor is the same.", 303);

        assertThat(stored().state).isEqualTo(AdapterState.TAKEN_DOWN);
        assertThat(stored().stateReason).isEqualTo("Every tensor is the same.");
        assertThat(notices(owner, "stays taken down")).isEqualTo(1);
        by(moderator).get("/moderation").then().body(not(containsString(address())));
        by(owner)
                .formParam("text", "Look once more.")
                .post("/" + address() + "/appeal")
                .then()
                .statusCode(303);
    }

    @Test
    void every_link_of_a_case_leads_where_an_admin_may_go() {
        Person admin = hub.person(Role.ADMIN);
        List<String> links = Jsoup.parse(
                        by(admin).get("/moderation/cases/" + address()).asString())
                .select("article a")
                .eachAttr("href");
        assertThat(links)
                .contains("/" + address() + "/delete")
                .allSatisfy(link ->
                        assertThat(by(admin).get(link).statusCode()).as(link).isEqualTo(200));
    }

    @Test
    void the_searches_of_a_page_are_told_apart_by_their_names() {
        for (String path : List.of("/moderation/audit", "/moderation/members")) {
            List<String> names = Jsoup.parse(by(moderator).get(path).asString())
                    .select("[role=search]")
                    .eachAttr("aria-label");
            assertThat(names).as(path).hasSize(2).doesNotHaveDuplicates();
        }
    }

    @Test
    void a_decision_needs_a_reason_and_the_present_edition() {
        decide("take-down", "  ", 422);
        by(moderator)
                .formParam("action", "take-down")
                .formParam("reason", "Old view.")
                .formParam("edition", stored().edition + 1)
                .post("/moderation/cases/" + address())
                .then()
                .statusCode(409)
                .body(containsString("Old view."));
        decide("restore", "It is not down.", 409);
        decide("explode", "No such thing.", 422);
        assertThat(stored().state).isEqualTo(AdapterState.ACTIVE);
    }

    @Test
    void one_open_report_of_a_person_and_none_of_the_owner() {
        report(reporter, "spam", 303);
        report(reporter, "copy", 409);
        report(owner, "copy", 409);
        report(hub.person(Role.MEMBER), "nonsense", 422);
        AsBrowser.given()
                .formParam("category", "copy")
                .post("/" + address() + "/report")
                .then()
                .statusCode(303);
    }

    @Test
    void members_see_no_moderation_and_moderators_do_not_judge_their_own() {
        by(reporter).get("/moderation").then().statusCode(403);
        by(reporter).get("/moderation/members").then().statusCode(403);
        by(moderator).get("/admin/settings").then().statusCode(403);
        Adapter own = hub.adapter(moderator, Visibility.PUBLIC);
        by(moderator)
                .formParam("action", "approve")
                .formParam("reason", "Mine is fine.")
                .formParam("edition", own.edition)
                .post("/moderation/cases/" + moderator.name + "/" + own.name)
                .then()
                .statusCode(403);
    }

    @Test
    void owners_of_what_was_composed_of_it_are_told_and_it_waits_for_a_look() {
        Person composer = hub.person(Role.MEMBER);
        Adapter made = hub.adapter(composer, Visibility.PUBLIC);
        QuarkusTransaction.requiringNew().run(() -> {
            AdapterVersion version = Adapter.<Adapter>findById(made.id).newest();
            Adapter.getEntityManager()
                    .createNativeQuery("insert into version_part (version_id, part_id, weight) values (?1, ?2, 1)")
                    .setParameter(1, version.id)
                    .setParameter(2, Adapter.<Adapter>findById(adapter.id).newest().id)
                    .executeUpdate();
        });

        decide("take-down", "Stolen.", 303);

        assertThat(notices(composer, "A part of")).isEqualTo(1);
        api(moderator)
                .get("/api/v1/moderation/queue?limit=100")
                .then()
                .statusCode(200)
                .body("adapter", hasItem(composer.name + "/" + made.name));
        String path = "/api/v1/moderation/cases/" + composer.name + "/" + made.name;
        api(moderator).get(path).then().body("taken_down_parts", hasItem(address()));

        QuarkusTransaction.requiringNew()
                .run(() -> Adapter.<Adapter>findById(adapter.id).visibility = Visibility.PRIVATE);

        api(moderator).get(path).then().body("taken_down_parts", hasSize(0));
        by(moderator)
                .get("/moderation/cases/" + composer.name + "/" + made.name)
                .then()
                .body(not(containsString(address())))
                .body(containsString("Made of a taken-down part"))
                .body(containsString("1 adapter that was taken down and is private now"));
    }

    @Test
    void null_counts_as_left_out() {
        String path = "/api/v1/adapters/" + address();
        api(reporter)
                .contentType("application/json")
                .body("{\"category\": \"copy\", \"text\": null}")
                .post(path + "/reports")
                .then()
                .statusCode(201)
                .body("text", equalTo(""));
        decide("take-down", "Say more.", 303);
        api(owner)
                .contentType("application/json")
                .body("{\"text\": null}")
                .post(path + "/appeals")
                .then()
                .statusCode(422)
                .body("causes[0].field", equalTo("text"));
    }

    @Test
    void the_audit_log_cannot_be_changed() {
        report(reporter, "copy", 303);
        assertThatThrownBy(() -> QuarkusTransaction.requiringNew().run(() -> AuditEntry.delete("subject", address())))
                .hasMessageContaining("append-only");
    }

    @Test
    void the_api_answers_with_problem_details() {
        api(reporter)
                .body(Map.of("category", "copy", "text", "x".repeat(2001)))
                .post("/api/v1/adapters/" + address() + "/reports")
                .then()
                .statusCode(422)
                .contentType("application/problem+json")
                .body("causes[0].field", equalTo("text"));
        api(reporter)
                .body(Map.of("category", "copy"))
                .post("/api/v1/adapters/" + address() + "/reports")
                .then()
                .statusCode(201)
                .body("category", equalTo("copy"));
        api(moderator)
                .body(Map.of("action", "take-down", "reason", "Stolen.", "edition", stored().edition))
                .post("/api/v1/moderation/cases/" + address() + "/decisions")
                .then()
                .statusCode(201);
        api(reporter).get("/api/v1/moderation/queue").then().statusCode(403);
        given().get("/api/v1/moderation/audit").then().statusCode(401);
    }
}
