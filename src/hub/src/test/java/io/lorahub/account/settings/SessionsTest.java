package io.lorahub.account.settings;

import static org.assertj.core.api.Assertions.assertThat;

import io.lorahub.account.Forms;
import io.lorahub.account.Person;
import io.lorahub.account.PersonSession;
import io.lorahub.account.Role;
import io.lorahub.account.settings.SessionsPage.BrowserName;
import io.lorahub.testsupport.Hub;
import io.lorahub.testsupport.PostgresResource;
import io.lorahub.web.SessionCookie;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.time.Duration;
import java.time.Instant;
import org.jsoup.nodes.Document;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@QuarkusTest
@QuarkusTestResource(PostgresResource.class)
class SessionsTest {

    private static final String FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";

    private final Hub hub;
    private Person person;
    private String session;

    SessionsTest(Hub hub) {
        this.hub = hub;
    }

    @BeforeEach
    void signIn() {
        person = hub.person(Role.MEMBER);
        session = Forms.as(null)
                .header("User-Agent", FIREFOX)
                .formParam("name", person.name)
                .formParam("password", Hub.PASSWORD)
                .post("/signin")
                .cookie(SessionCookie.NAME);
    }

    @Test
    void each_browser_stands_in_the_list_and_can_be_signed_out() {
        String other = hub.session(person);
        Document page = Forms.page(Forms.as(session).get("/settings/sessions"));
        assertThat(page.select(".entry")).hasSize(2);
        assertThat(page.select(".entry:has(.badge)").text()).contains("Firefox on Linux", "This browser");
        assertThat(page.select(".entry:has(.badge) form")).isEmpty();

        assertThat(Forms.post(session, page.select(".entry form").attr("action"))
                        .statusCode())
                .isEqualTo(303);
        assertThat(Forms.isSignedIn(other)).isFalse();
        assertThat(Forms.isSignedIn(session)).isTrue();
    }

    @Test
    void sessions_of_others_are_not_there() {
        Person somebody = hub.person(Role.MEMBER);
        String theirs = hub.session(somebody);
        long id = PersonSession.<PersonSession>find("person", somebody).firstResult().id;
        assertThat(Forms.post(session, "/settings/sessions/" + id + "/end").statusCode())
                .isEqualTo(404);
        assertThat(Forms.post(session, "/settings/sessions/x/end").statusCode()).isEqualTo(404);
        assertThat(Forms.isSignedIn(theirs)).isTrue();
    }

    @Test
    void signing_out_everywhere_ends_all_of_them() {
        String other = hub.session(person);
        String theirs = hub.session(hub.person(Role.MEMBER));
        assertThat(Forms.post(session, "/settings/sessions/end-all").statusCode())
                .isEqualTo(303);
        assertThat(Forms.isSignedIn(session)).isFalse();
        assertThat(Forms.isSignedIn(other)).isFalse();
        assertThat(Forms.isSignedIn(theirs)).isTrue();
    }

    @Test
    void the_hundred_and_first_session_ends_the_one_that_was_used_longest_ago() {
        QuarkusTransaction.requiringNew()
                .run(() -> PersonSession.update(
                        "lastSeenAt = ?1 where person = ?2", Instant.now().minusSeconds(60), person));
        String second = hub.session(person);
        for (int i = 3; i <= 100; i++) hub.session(person);
        assertThat(Forms.isSignedIn(session)).isTrue();
        QuarkusTransaction.requiringNew()
                .run(() -> PersonSession.update(
                        "lastSeenAt = ?1 where person = ?2 and lastSeenAt = (select max(lastSeenAt) from PersonSession where person = ?2)",
                        Instant.now().minusSeconds(120),
                        person));

        hub.session(person);

        assertThat(PersonSession.count("person", person)).isEqualTo(100);
        assertThat(Forms.isSignedIn(second)).isTrue();
    }

    @Test
    void a_session_ends_by_itself() {
        QuarkusTransaction.requiringNew()
                .run(() -> PersonSession.update("expiresAt = ?1 where person = ?2", Instant.now(), person));
        assertThat(Forms.isSignedIn(session)).isFalse();
    }

    @Test
    void a_session_ends_when_nobody_uses_it_and_is_deleted_at_the_next_sign_in_of_anybody() {
        QuarkusTransaction.requiringNew()
                .run(() -> PersonSession.update(
                        "lastSeenAt = ?1 where person = ?2", Instant.now().minus(Duration.ofDays(6)), person));
        assertThat(Forms.isSignedIn(session)).isTrue();
        QuarkusTransaction.requiringNew()
                .run(() -> PersonSession.update(
                        "lastSeenAt = ?1 where person = ?2",
                        Instant.now().minus(Duration.ofDays(7).plusMinutes(1)),
                        person));
        assertThat(Forms.isSignedIn(session)).isFalse();
        hub.session(hub.person(Role.MEMBER));
        assertThat(PersonSession.count("person", person)).isZero();
    }

    @Test
    void a_name_of_a_browser_is_shown_as_text() {
        Forms.as(null)
                .header("User-Agent", "<script>alert(1)</script>" + "x".repeat(1000))
                .formParam("name", person.name)
                .formParam("password", Hub.PASSWORD)
                .post("/signin");
        Document page = Forms.page(Forms.as(session).get("/settings/sessions"));
        assertThat(page.select("main script")).isEmpty();
        assertThat(page.select(".entry").text()).contains("Unknown browser");
    }

    @Test
    void browsers_are_known_by_what_people_call_them() {
        assertThat(BrowserName.of(
                        "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/140.0 Safari/537.36 Edg/140.0"))
                .isEqualTo(new BrowserName("Edge", "Windows"));
        assertThat(BrowserName.of("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Safari/604.1"))
                .isEqualTo(new BrowserName("Safari", "iPhone"));
        assertThat(BrowserName.of("")).isEqualTo(new BrowserName("Unknown browser", ""));
    }
}
