package io.lorahub.account.signin;

import static org.assertj.core.api.Assertions.assertThat;

import io.lorahub.account.AccessToken;
import io.lorahub.account.Forms;
import io.lorahub.account.Person;
import io.lorahub.account.Role;
import io.lorahub.audit.AuditEntry;
import io.lorahub.testsupport.Hub;
import io.lorahub.testsupport.PostgresResource;
import io.lorahub.web.SessionCookie;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.Response;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@QuarkusTest
@QuarkusTestResource(PostgresResource.class)
class SignInTest {

    private static final String WRONG = "wrong horse battery";
    private final Hub hub;

    SignInTest(Hub hub) {
        this.hub = hub;
    }

    @Test
    void name_and_password_open_a_session_and_lead_on() {
        Person person = hub.person(Role.MEMBER);
        Response answer = Forms.post(
                null,
                "/signin",
                "name",
                " " + person.name.toUpperCase(Locale.ROOT),
                "password",
                Hub.PASSWORD,
                "next",
                "/upload?x=1");
        assertThat(answer.statusCode()).isEqualTo(303);
        assertThat(answer.header("Location")).endsWith("/upload?x=1");
        assertThat(answer.headers().getValues("Set-Cookie"))
                .filteredOn(cookie -> cookie.startsWith("lorahub_session="))
                .singleElement()
                .asString()
                .contains("HttpOnly", "SameSite=Lax", "Path=/", "Max-Age=2592000")
                .doesNotContain("Secure");
        assertThat(Forms.isSignedIn(answer.cookie(SessionCookie.NAME))).isTrue();
        assertThat(actions(person)).contains("account.sign-in");
    }

    @Test
    void signing_in_again_ends_the_session_that_the_browser_had() {
        Person person = hub.person(Role.MEMBER);
        String planted = hub.session(hub.person(Role.MEMBER));
        Response answer = Forms.post(planted, "/signin", "name", person.name, "password", Hub.PASSWORD);
        assertThat(answer.statusCode()).isEqualTo(303);
        assertThat(answer.cookie(SessionCookie.NAME)).isNotEqualTo(planted);
        assertThat(Forms.isSignedIn(planted)).isFalse();
    }

    @Test
    void the_answer_does_not_tell_whether_the_name_exists() {
        String known = hub.person(Role.MEMBER).name;
        String unknown = "nobody-" + known;
        for (int attempt = 0; attempt < 7; attempt++) {
            Response wrong = Forms.signIn(known, WRONG);
            Response nobody = Forms.signIn(unknown, WRONG);
            assertThat(nobody.statusCode()).isEqualTo(wrong.statusCode());
            assertThat(message(nobody)).isEqualTo(message(wrong)).isNotEmpty();
        }
    }

    @Test
    void after_a_wrong_password_its_field_has_the_focus() {
        Response wrong = Forms.signIn(hub.person(Role.MEMBER).name, WRONG);
        assertThat(Forms.page(wrong).select("[autofocus]").eachAttr("name")).containsExactly("password");
        Response first = Forms.as(null).get("/signin");
        assertThat(Forms.page(first).select("[autofocus]")).isEmpty();
    }

    @Test
    void failed_sign_ins_are_in_the_audit_log_with_their_address_and_without_names_that_nobody_has() {
        String typed = "hunter2-" + hub.person(Role.MEMBER).name;
        Forms.signIn(typed, WRONG);
        assertThat(AuditEntry.count("subject = ?1 or actor = ?1 or detail like ?2", typed, "%" + typed + "%"))
                .isZero();
        AuditEntry entry = AuditEntry.<AuditEntry>find("action = 'account.sign-in-failed' order by id desc")
                .firstResult();
        assertThat(entry.detail).isEqualTo("unknown name");
        assertThat(entry.address).isEqualTo("127.0.0.1");
        assertThat(Forms.as(hub.session(hub.person(Role.ADMIN)))
                        .get("/moderation/audit?action=account.sign-in")
                        .asString())
                .contains("127.0.0.1");
        assertThat(Forms.as(hub.session(hub.person(Role.MODERATOR)))
                        .get("/moderation/audit?action=account.sign-in")
                        .asString())
                .contains("account.sign-in-failed")
                .doesNotContain("127.0.0.1");
    }

    @Test
    void a_banned_person_is_told_why_and_what_they_had_is_dead_at_once() {
        Person person = hub.person(Role.MEMBER);
        String session = hub.session(person);
        String token = hub.token(person, AccessToken.Scope.WRITE);
        QuarkusTransaction.requiringNew().run(() -> {
            Person stored = Person.findById(person.id);
            stored.bannedAt = Instant.now();
            stored.banReason = "Spam <b>again</b>.";
        });
        Response answer = Forms.signIn(person.name, Hub.PASSWORD);
        assertThat(answer.statusCode()).isEqualTo(403);
        assertThat(message(answer)).isEqualTo("This account is banned. The reason given: Spam <b>again</b>.");
        assertThat(answer.cookies()).doesNotContainKey(SessionCookie.NAME);
        assertThat(message(Forms.signIn(person.name, WRONG))).startsWith("Name or password is wrong.");
        assertThat(Forms.isSignedIn(session)).isFalse();
        assertThat(Forms.as(null)
                        .header("Authorization", "Bearer " + token)
                        .get("/api/v1/me")
                        .statusCode())
                .isEqualTo(401);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://elsewhere.example/",
                "//elsewhere.example",
                "/\\elsewhere.example",
                "javascript:alert(1)",
                "/\r\nSet-Cookie: a=b",
                ""
            })
    void after_signing_in_nobody_is_sent_to_another_site(String next) {
        Person person = hub.person(Role.MEMBER);
        Response answer = Forms.post(null, "/signin", "name", person.name, "password", Hub.PASSWORD, "next", next);
        assertThat(answer.statusCode()).isEqualTo(303);
        assertThat(answer.header("Location")).matches("http://localhost:\\d+/");
        assertThat(Forms.page(Forms.as(null).queryParam("next", next).get("/signin"))
                        .select("input[name=next]")
                        .val())
                .isEqualTo("/");
    }

    @Test
    void a_name_is_shown_again_as_text_and_a_very_long_one_is_just_wrong() {
        Response hostile = Forms.signIn("\"><script>alert(1)</script>", WRONG);
        assertThat(hostile.statusCode()).isEqualTo(422);
        assertThat(Forms.page(hostile).select("#f-name").val()).isEqualTo("\"><script>alert(1)</script>");
        assertThat(Forms.page(hostile).select("main script")).isEmpty();
        assertThat(Forms.signIn("x".repeat(2000), WRONG).statusCode()).isEqualTo(422);
        assertThat(Forms.signIn("x\u0000y", WRONG).statusCode()).isEqualTo(422);
        assertThat(Forms.post(null, "/signin").statusCode()).isEqualTo(422);
    }

    @Test
    void signing_out_ends_the_session_and_removes_the_cookie() {
        Person person = hub.person(Role.MEMBER);
        String session = hub.session(person);
        Response answer = Forms.post(session, "/signout");
        assertThat(answer.statusCode()).isEqualTo(303);
        assertThat(answer.headers().getValues("Set-Cookie"))
                .anyMatch(cookie -> cookie.startsWith("lorahub_session=;") && cookie.contains("Max-Age=0"));
        assertThat(Forms.isSignedIn(session)).isFalse();
        assertThat(actions(person)).contains("account.sign-out");
    }

    @Test
    void signed_in_members_need_no_sign_in_page() {
        Response answer = Forms.as(hub.session(hub.person(Role.MEMBER)))
                .queryParam("next", "/inbox")
                .get("/signin");
        assertThat(answer.statusCode()).isEqualTo(303);
        assertThat(answer.header("Location")).endsWith("/inbox");
    }

    @Test
    void an_invented_cookie_is_nobody() {
        assertThat(Forms.isSignedIn(UUID.randomUUID().toString())).isFalse();
    }

    private static String message(Response answer) {
        return Forms.page(answer).select("main [role=alert]").text();
    }

    private static List<String> actions(Person person) {
        return AuditEntry.<AuditEntry>list("subject = ?1 order by id", person.name).stream()
                .map(entry -> entry.action)
                .toList();
    }
}
