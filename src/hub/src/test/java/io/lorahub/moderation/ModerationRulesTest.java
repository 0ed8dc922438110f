package io.lorahub.moderation;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;

import io.lorahub.account.Role;
import io.lorahub.adapter.Adapter;
import io.lorahub.adapter.AdapterState;
import io.lorahub.adapter.Visibility;
import io.lorahub.audit.AuditEntry;
import io.lorahub.testsupport.AsBrowser;
import io.lorahub.testsupport.Hub;
import io.lorahub.testsupport.PostgresResource;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What moderation refuses: decisions without a reason, second reports, judging one's own adapter. */
@QuarkusTest
@QuarkusTestResource(PostgresResource.class)
class ModerationRulesTest extends ModerationFixture {

    ModerationRulesTest(Hub hub) {
        super(hub);
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
