package io.lorahub.account.settings;

import static org.assertj.core.api.Assertions.assertThat;

import io.lorahub.account.AccessToken;
import io.lorahub.account.Forms;
import io.lorahub.account.Person;
import io.lorahub.account.Publisher;
import io.lorahub.account.Role;
import io.lorahub.account.signin.SignInThrottle;
import io.lorahub.testsupport.Hub;
import io.lorahub.testsupport.PostgresResource;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.Response;
import org.jsoup.nodes.Document;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@QuarkusTest
@QuarkusTestResource(PostgresResource.class)
class SettingsTest {

    private static final String NEW = "three small boats";

    private final Hub hub;
    private Person person;
    private String session;

    SettingsTest(Hub hub) {
        this.hub = hub;
    }

    @BeforeEach
    void signIn() {
        person = hub.person(Role.MEMBER);
        session = hub.session(person);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"/settings", "/settings/password", "/settings/sessions", "/settings/tokens", "/settings/delete"})
    void settings_are_for_a_person_in_a_browser(String path) {
        assertThat(Forms.as(session).get(path).statusCode()).isEqualTo(200);
        assertThat(Forms.as(null).get(path).statusCode()).isNotEqualTo(200);
        String token = hub.token(person, AccessToken.Scope.WRITE);
        assertThat(Forms.as(null)
                        .header("Authorization", "Bearer " + token)
                        .get(path)
                        .statusCode())
                .isEqualTo(403);
    }

    @Test
    void a_profile_is_shown_as_it_was_typed_and_never_as_html() {
        Response saved = Forms.post(
                session,
                "/settings",
                "display_name",
                " Ada <b>L.</b> ",
                "email",
                "ada@example.org",
                "about",
                "<script>alert(1)</script>\r\nhello");
        assertThat(saved.statusCode()).isEqualTo(303);
        Document page = Forms.page(Forms.as(session).get("/settings"));
        assertThat(page.select("#f-display_name").val()).isEqualTo("Ada <b>L.</b>");
        assertThat(page.select("#f-email").val()).isEqualTo("ada@example.org");
        assertThat(page.select("#f-about").val()).isEqualTo("<script>alert(1)</script>\nhello");
        assertThat(page.select("main script, main b")).isEmpty();
        assertThat(Publisher.named(person.name).orElseThrow().title).isEqualTo("Ada <b>L.</b>");
    }

    @Test
    void texts_too_long_or_malformed_are_refused_and_kept_in_the_form() {
        Response refused = Forms.post(
                session, "/settings", "display_name", "x".repeat(101), "email", "nobody", "about", "y".repeat(4001));
        assertThat(refused.statusCode()).isEqualTo(422);
        assertThat(Forms.errorOf(refused, "display_name")).contains("101 characters; at most 100");
        assertThat(Forms.errorOf(refused, "email")).contains("name@example.org");
        assertThat(Forms.errorOf(refused, "about")).contains("4001 characters; at most 4000");
        assertThat(Forms.page(refused).select("#f-email").val()).isEqualTo("nobody");
        assertThat(Profile.LONGEST_ABOUT).isEqualTo(4000);
        assertThat(Forms.post(session, "/settings", "display_name", "a\u0000b").statusCode())
                .isEqualTo(422);
        assertThat(Forms.post(session, "/settings", "about", "a\u0000b").statusCode())
                .isEqualTo(422);
    }

    @ParameterizedTest
    @ValueSource(strings = {"ada\u202eevil", "a\u2066b", "a\u200bb", "a\u2028b", "a\ufeffb"})
    void a_display_name_or_a_tokens_name_with_something_unseen_in_it_is_refused(String name) {
        Response refused = Forms.post(session, "/settings", "display_name", name);
        assertThat(refused.statusCode()).isEqualTo(422);
        assertThat(refused.contentType()).isEqualTo("text/html;charset=UTF-8");
        assertThat(Forms.errorOf(refused, "display_name")).contains("one line without control characters");
        Response token = Forms.post(session, "/settings/tokens", "name", name, "scope", "read", "days", "30");
        assertThat(token.statusCode()).isEqualTo(422);
        assertThat(Forms.errorOf(token, "name")).contains("one line without control characters");
    }

    @Test
    void names_of_other_scripts_are_kept_as_they_are() {
        String name = "\u0645\u06cc\u200c\u0646\u0627\u0645 \ud83d\udc69\u200d\ud83d\udd2c";
        assertThat(Forms.post(session, "/settings", "display_name", name).statusCode())
                .isEqualTo(303);
        assertThat(Publisher.named(person.name).orElseThrow().title).isEqualTo(name);
    }

    @Test
    void an_empty_profile_is_a_profile() {
        assertThat(Forms.post(session, "/settings").statusCode()).isEqualTo(303);
        assertThat(Person.<Person>findById(person.id).email).isNull();
    }

    @Test
    void a_new_password_ends_the_other_sessions_but_not_this_one() {
        String other = hub.session(person);
        Response changed =
                Forms.post(session, "/settings/password", "current", Hub.PASSWORD, "password", NEW, "again", NEW);
        assertThat(changed.statusCode()).isEqualTo(303);
        assertThat(Forms.isSignedIn(session)).isTrue();
        assertThat(Forms.isSignedIn(other)).isFalse();
        assertThat(Forms.signIn(person.name, Hub.PASSWORD).statusCode()).isEqualTo(422);
        assertThat(Forms.signIn(person.name, NEW).statusCode()).isEqualTo(303);
    }

    @Test
    void the_current_password_cannot_be_guessed_in_a_stolen_session() {
        Response wrong = Forms.post(session, "/settings/password", "current", "x", "password", NEW, "again", NEW);
        assertThat(wrong.statusCode()).isEqualTo(422);
        assertThat(Forms.errorOf(wrong, "current")).isEqualTo("This is not your current password.");
        for (int attempt = 1; attempt < SignInThrottle.ALLOWED; attempt++) {
            Forms.post(session, "/settings/password", "current", "x", "password", NEW, "again", NEW);
        }
        Response locked =
                Forms.post(session, "/settings/password", "current", Hub.PASSWORD, "password", NEW, "again", NEW);
        assertThat(Forms.errorOf(locked, "current")).startsWith("There were too many wrong passwords");
        assertThat(Forms.signIn(person.name, Hub.PASSWORD).statusCode())
                .as("the owner is not locked out by it")
                .isEqualTo(303);
    }

    @Test
    void members_without_password_can_set_one() {
        QuarkusTransaction.requiringNew().run(() -> Person.<Person>findById(person.id).passwordHash = null);
        assertThat(Forms.page(Forms.as(session).get("/settings/password")).select("#f-current"))
                .isEmpty();
        assertThat(Forms.post(session, "/settings/password", "password", NEW, "again", NEW)
                        .statusCode())
                .isEqualTo(303);
        assertThat(Forms.signIn(person.name, NEW).statusCode()).isEqualTo(303);
    }
}
