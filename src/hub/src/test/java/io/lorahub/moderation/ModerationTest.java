package io.lorahub.moderation;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.not;

import io.lorahub.account.Person;
import io.lorahub.account.Role;
import io.lorahub.adapter.Adapter;
import io.lorahub.adapter.AdapterState;
import io.lorahub.adapter.AdapterVersion;
import io.lorahub.adapter.Visibility;
import io.lorahub.audit.AuditEntry;
import io.lorahub.notice.Notice;
import io.lorahub.testsupport.Hub;
import io.lorahub.testsupport.ModeratorsQueue;
import io.lorahub.testsupport.PostgresResource;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.util.List;
import org.jsoup.Jsoup;
import org.jsoup.nodes.Element;
import org.junit.jupiter.api.Test;

@QuarkusTest
@QuarkusTestResource(PostgresResource.class)
class ModerationTest extends ModerationFixture {

    ModerationTest(Hub hub) {
        super(hub);
    }

    private long notices(Person person, String word) {
        return QuarkusTransaction.requiringNew()
                .call(() -> Notice.<Notice>list("personId", person.id).stream()
                        .filter(n -> n.title.contains(word))
                        .count());
    }

    @Test
    void an_adapter_made_private_after_a_report_waits_for_admins_only() {
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
    void a_case_without_a_report_does_not_look_as_if_it_waited() {
        Element badge = Jsoup.parse(
                        by(moderator).get("/moderation/cases/" + address()).asString())
                .selectFirst("article .badge");
        assertThat(badge.text()).isEqualTo("Nothing open");
        assertThat(badge.hasClass("is-skipped")).isTrue();
    }

    @Test
    void a_reported_adapter_waits_is_taken_down_appealed_and_restored() {
        report(reporter, "copy", 303);
        assertThat(ModeratorsQueue.pageWith(hub.session(moderator), address()))
                .contains("for=\"f-reason-%d\"".formatted(adapter.id))
                .contains("id=\"f-reason-%d\"".formatted(adapter.id))
                .contains("It is &lt;b&gt;mine&lt;/b&gt;.");

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
        assertThat(notices(reporter, "was reviewed")).isEqualTo(1);

        by(owner)
                .formParam("text", "I trained it.")
                .post("/" + address() + "/appeal")
                .then()
                .statusCode(303);
        assertThat(ModeratorsQueue.pageWith(hub.session(moderator), address())).contains("I trained it.");
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
    void the_audit_log_tells_moderators_no_names_of_private_adapters() {
        String hidden = owner.name + "/" + hub.adapter(owner, Visibility.PRIVATE).name;
        audit(hidden, "adapter.edit");
        audit(address(), "adapter.edit");
        String log = "/moderation/audit?actor=" + owner.name;

        assertThat(by(moderator).get(log).asString())
                .contains(address(), "not public")
                .doesNotContain(hidden);
        assertThat(by(moderator).get("/moderation/audit?subject=" + hidden).asString())
                .contains("No entry matches");
        assertThat(by(hub.person(Role.ADMIN)).get(log).asString()).contains(address(), hidden);
    }

    private void audit(String subject, String action) {
        QuarkusTransaction.requiringNew().run(() -> {
            AuditEntry entry = new AuditEntry();
            entry.actor = owner.name;
            entry.action = action;
            entry.subject = subject;
            entry.persist();
        });
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
        String page = by(moderator)
                .get("/moderation/cases/" + composer.name + "/" + made.name)
                .asString();
        assertThat(page).doesNotContain(address());
        assertThat(Jsoup.parse(page).text())
                .contains("Made of a taken-down part", "1 private adapter that was taken down");
    }
}
