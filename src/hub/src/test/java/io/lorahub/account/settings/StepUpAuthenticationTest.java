package io.lorahub.account.settings;

import static org.assertj.core.api.Assertions.assertThat;

import io.lorahub.account.AccessToken;
import io.lorahub.account.Forms;
import io.lorahub.account.OneTimeLink;
import io.lorahub.account.Person;
import io.lorahub.account.PersonSession;
import io.lorahub.account.Role;
import io.lorahub.testsupport.Hub;
import io.lorahub.testsupport.PostgresResource;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.Response;
import java.time.Duration;
import java.time.Instant;
import org.jsoup.nodes.Document;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What an old session cannot do until the password is entered again. */
@QuarkusTest
@QuarkusTestResource(PostgresResource.class)
class StepUpAuthenticationTest {

    private final Hub hub;
    private Person admin;
    private Person member;
    private String session;

    StepUpAuthenticationTest(Hub hub) {
        this.hub = hub;
    }

    @BeforeEach
    void signed_in_eleven_minutes_ago() {
        admin = hub.person(Role.ADMIN);
        member = hub.person(Role.MEMBER);
        session = hub.session(admin);
        QuarkusTransaction.requiringNew()
                .run(() -> PersonSession.update(
                        "authenticatedAt = ?1 where person = ?2", Instant.now().minus(Duration.ofMinutes(11)), admin));
    }

    @Test
    void a_role_is_changed_after_the_password_was_given_again() {
        String page = "/moderation/members/" + member.name;
        Response asked = Forms.post(session, page + "/role", "role", "admin");
        assertThat(asked.statusCode()).isEqualTo(303);
        assertThat(asked.header("Location")).contains("/settings/confirm?next=").contains(member.name);
        assertThat(role()).isEqualTo(Role.MEMBER);

        assertThat(Forms.errorOf(confirm("wrong horse battery", page), "current"))
                .isEqualTo("This is not your current password.");
        assertThat(Forms.post(session, page + "/role", "role", "admin").header("Location"))
                .contains("/settings/confirm");
        Response confirmed = confirm(Hub.PASSWORD, page);
        assertThat(confirmed.statusCode()).isEqualTo(303);
        assertThat(confirmed.header("Location")).endsWith(page);
        assertThat(Forms.post(session, page + "/role", "role", "admin").header("Location"))
                .endsWith(page);
        assertThat(role()).isEqualTo(Role.ADMIN);
    }

    @Test
    void so_are_reset_links_and_tokens_that_administer_made() {
        String[] token = {"name", "script", "scope", "ADMINISTER", "days", "7"};
        String reset = "/moderation/members/" + member.name + "/reset-link";
        assertThat(Forms.post(session, reset).header("Location")).contains("/settings/confirm");
        assertThat(Forms.post(session, "/settings/tokens", token).header("Location"))
                .contains("/settings/confirm");
        assertThat(Forms.as(session)
                        .contentType("application/json")
                        .body("{\"name\": \"script\", \"scope\": \"administer\"}")
                        .post("/api/v1/me/tokens")
                        .statusCode())
                .isEqualTo(403);
        assertThat(Forms.as(session)
                        .contentType("application/json")
                        .body("{\"role\": \"admin\"}")
                        .put("/api/v1/moderation/members/" + member.name + "/role")
                        .statusCode())
                .isEqualTo(403);
        assertThat(AccessToken.count("person", admin)).isZero();
        assertThat(OneTimeLink.count("person", member)).isZero();

        confirm(Hub.PASSWORD, "/settings/tokens");
        assertThat(Forms.post(session, "/settings/tokens", token).statusCode()).isEqualTo(201);
        assertThat(Forms.post(session, reset).statusCode()).isEqualTo(200);
    }

    @Test
    void members_without_password_need_a_recent_sign_in_to_set_one_or_to_leave() {
        QuarkusTransaction.requiringNew().run(() -> Person.<Person>findById(admin.id).passwordHash = null);
        String password = "three small boats";
        assertThat(Forms.post(session, "/settings/password", "password", password, "again", password)
                        .header("Location"))
                .contains("/settings/confirm");
        assertThat(Forms.post(session, "/settings/delete", "current", admin.name)
                        .header("Location"))
                .contains("/settings/confirm");
        assertThat(Forms.page(Forms.as(session).get("/settings/confirm?next=/settings/password"))
                        .select("main a.btn")
                        .attr("href"))
                .isEqualTo("/signin/organisation?next=%2Fsettings%2Fpassword");
    }

    @Test
    void what_was_chosen_is_still_chosen_afterwards() {
        String page = "/moderation/members/" + member.name;
        Document back = confirmed(Forms.post(session, page + "/role", "role", "moderator"));
        assertThat(back.select("#f-role option[selected]").text()).isEqualTo("moderator");
        assertThat(back.select(".toast").text()).contains("Nothing has changed yet");
        assertThat(role()).isEqualTo(Role.MEMBER);

        signed_in_eleven_minutes_ago();
        Document tokens = confirmed(
                Forms.post(session, "/settings/tokens", "name", "nightly & daily", "scope", "ADMINISTER", "days", "7"));
        assertThat(tokens.select("#f-name").val()).isEqualTo("nightly & daily");
        assertThat(tokens.select("#f-scope option[selected]").val()).isEqualTo("ADMINISTER");
        assertThat(tokens.select("#f-days option[selected]").val()).isEqualTo("7");
        assertThat(AccessToken.count("person", admin)).isZero();
    }

    /** Confirms as a browser does that was sent there; returns the page that comes then. */
    private Document confirmed(Response asked) {
        Document form = Forms.page(Forms.as(session).urlEncodingEnabled(false).get(asked.header("Location")));
        Response answer = confirm(Hub.PASSWORD, form.select("[name=next]").val());
        assertThat(answer.statusCode()).isEqualTo(303);
        return Forms.page(Forms.as(session)
                .cookie("lorahub_toast", answer.cookie("lorahub_toast"))
                .urlEncodingEnabled(false)
                .get(answer.header("Location")));
    }

    private Response confirm(String password, String next) {
        return Forms.post(session, "/settings/confirm", "current", password, "next", next);
    }

    private Role role() {
        return QuarkusTransaction.requiringNew().call(() -> Person.<Person>findById(member.id).role);
    }
}
