package io.lorahub.account;

import static org.assertj.core.api.Assertions.assertThat;

import io.lorahub.account.settings.PasswordReset;
import io.lorahub.account.signin.Sessions;
import io.lorahub.testsupport.AsBrowser;
import io.lorahub.testsupport.Hub;
import io.lorahub.testsupport.PostgresResource;
import io.lorahub.web.SessionCookie;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.RestAssured;
import io.restassured.response.Response;
import java.time.Instant;
import java.util.List;
import org.jsoup.nodes.Document;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A browser with an ended session sees what everybody sees, drops the cookie, and can sign in again. */
@QuarkusTest
@QuarkusTestResource(PostgresResource.class)
class ExpiredSessionTest {

    private static final String NEW_PASSWORD = "three small boats";

    private final Hub hub;
    private final Sessions sessions;
    private final PasswordReset reset;

    ExpiredSessionTest(Hub hub, Sessions sessions, PasswordReset reset) {
        this.hub = hub;
        this.sessions = sessions;
        this.reset = reset;
    }

    private enum End {
        EXPIRED,
        SIGNED_OUT_EVERYWHERE,
        BANNED_AND_UNBANNED,
        PASSWORD_RESET,
        DATABASE_MADE_ANEW
    }

    @ParameterizedTest
    @EnumSource(End.class)
    void the_hub_is_as_for_anybody_and_signing_in_works(End end) {
        Person person = hub.person(Role.MEMBER);
        String session = hub.session(person);
        assertThat(Forms.isSignedIn(session)).isTrue();
        end(end, person, session);

        for (String path : List.of("/", "/adapters", "/signin", "/register", "/api", "/api/v1/adapters")) {
            Response answer = AsBrowser.given(session).get(path);
            assertThat(answer.statusCode()).as(path).isEqualTo(200);
            assertThat(removals(answer)).as(path).hasSize(1);
        }
        String password = end == End.PASSWORD_RESET ? NEW_PASSWORD : Hub.PASSWORD;
        Response answer = Forms.post(session, "/signin", "name", person.name, "password", password, "next", "/");
        assertThat(answer.statusCode()).isEqualTo(303);
        assertThat(removals(answer)).isEmpty();
        assertThat(Forms.isSignedIn(answer.cookie(SessionCookie.NAME))).isTrue();
    }

    @Test
    void files_that_caches_keep_for_all_are_served_and_remove_nobodys_cookie() {
        Response answer = AsBrowser.given("over").get("/static/lorahub.css");
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(removals(answer)).isEmpty();
    }

    @Test
    void a_page_that_needs_sign_in_says_that_the_session_has_ended() {
        Response answer = AsBrowser.given("over").get("/settings/tokens");
        assertThat(answer.statusCode()).isEqualTo(303);
        assertThat(removals(answer)).hasSize(1);
        assertThat(answer.header("Location")).endsWith("/signin?next=%2Fsettings%2Ftokens&note=signed-out");

        Document page = Forms.page(AsBrowser.given()
                .queryParam("next", "/settings/tokens")
                .queryParam("note", "signed-out")
                .get("/signin"));
        assertThat(page.select("main [role=alert]").text()).startsWith("You were signed out.");
        assertThat(page.select("main .is-danger")).isEmpty();
        assertThat(page.select("[name=next]").val()).isEqualTo("/settings/tokens");
        assertThat(AsBrowser.given().get("/settings/tokens").header("Location"))
                .as("nobody was signed in")
                .endsWith("/signin?next=%2Fsettings%2Ftokens");
    }

    @Test
    void a_form_that_comes_too_late_is_said_to_be_lost() {
        Response answer = AsBrowser.given("over")
                .header("Referer", "http://localhost/imports")
                .formParam("from", "ada/past")
                .post("/imports");

        assertThat(answer.header("Location")).endsWith("/signin?next=%2Fimports&note=not-saved");
        Document page =
                Forms.page(AsBrowser.given().queryParam("note", "not-saved").get("/signin"));
        assertThat(page.select("main [role=alert]").text())
                .startsWith("You were signed out, and what you sent was not saved.");
    }

    @Test
    void a_banned_member_reads_the_reason_with_the_old_cookie_too() {
        Person person = hub.person(Role.MEMBER);
        String session = hub.session(person);
        ban(person);
        Response answer = Forms.post(session, "/signin", "name", person.name, "password", Hub.PASSWORD, "next", "/");
        assertThat(answer.statusCode()).isEqualTo(403);
        assertThat(Forms.page(answer).select("main [role=alert]").text()).contains("Sold spam here.");
    }

    @Test
    void a_wrong_token_is_still_an_error() {
        RestAssured.given()
                .auth()
                .oauth2("lorahub_wrong")
                .get("/api/v1/adapters")
                .then()
                .statusCode(401);
    }

    private void end(End end, Person person, String session) {
        switch (end) {
            case EXPIRED ->
                QuarkusTransaction.requiringNew()
                        .run(() -> PersonSession.update("expiresAt = ?1 where person = ?2", Instant.now(), person));
            case SIGNED_OUT_EVERYWHERE -> sessions.signOutEverywhere(person);
            case BANNED_AND_UNBANNED -> {
                ban(person);
                moderate(person, "unban");
            }
            case PASSWORD_RESET ->
                assertThat(Forms.post(session, reset.link(person), "password", NEW_PASSWORD, "again", NEW_PASSWORD)
                                .statusCode())
                        .isEqualTo(303);
            case DATABASE_MADE_ANEW ->
                QuarkusTransaction.requiringNew().run(() -> PersonSession.delete("person", person));
        }
    }

    private void ban(Person person) {
        moderate(person, "ban");
    }

    private void moderate(Person person, String what) {
        String moderator = hub.session(hub.person(Role.MODERATOR));
        assertThat(Forms.post(moderator, "/moderation/members/" + person.name + "/" + what, "reason", "Sold spam here.")
                        .statusCode())
                .isEqualTo(303);
    }

    private static List<String> removals(Response answer) {
        return answer.headers().getValues("Set-Cookie").stream()
                .filter(cookie -> cookie.startsWith("lorahub_session=;") && cookie.contains("Max-Age=0"))
                .toList();
    }
}
