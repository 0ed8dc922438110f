package io.lorahub.account.signin;

import static org.assertj.core.api.Assertions.assertThat;

import io.lorahub.account.Forms;
import io.lorahub.account.Person;
import io.lorahub.account.Role;
import io.lorahub.account.settings.PasswordReset;
import io.lorahub.audit.AuditEntry;
import io.lorahub.testsupport.Hub;
import io.lorahub.testsupport.PostgresResource;
import io.lorahub.web.SessionCookie;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.Response;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Wrong passwords lock a name, but not the browsers that its owner has used. */
@QuarkusTest
@QuarkusTestResource(PostgresResource.class)
class SignInThrottleTest {

    private static final String BROWSER = "lorahub_browser";
    private static final String WRONG = "wrong horse battery";
    private final Hub hub;
    private final PasswordReset reset;

    SignInThrottleTest(Hub hub, PasswordReset reset) {
        this.hub = hub;
        this.reset = reset;
    }

    @Test
    void five_wrong_passwords_lock_the_name_for_a_quarter_of_an_hour() {
        Person person = hub.person(Role.MEMBER);
        assertThat(message(Forms.signIn(person.name, WRONG)))
                .isEqualTo("Name or password is wrong. Four more tries, then this name is locked here for 15 minutes.");
        for (int attempt = 0; attempt < 3; attempt++) Forms.signIn(person.name, WRONG);
        assertThat(message(Forms.signIn(person.name, WRONG))).contains("This name is now locked here for 15 minutes.");
        assertThat(actions(person))
                .containsExactly(
                        "account.sign-in-failed",
                        "account.sign-in-failed",
                        "account.sign-in-failed",
                        "account.sign-in-failed",
                        "account.sign-in-failed",
                        "account.lock");
        assertThat(AuditEntry.<AuditEntry>list("subject", person.name))
                .extracting(entry -> entry.address)
                .containsOnly("127.0.0.1");

        Response right = Forms.signIn(person.name, Hub.PASSWORD);
        assertThat(right.statusCode()).isEqualTo(429);
        assertThat(message(right)).startsWith("This name is locked here.").contains("Try again in 15 minutes");

        assertThat(AuditEntry.<AuditEntry>list("subject = ?1 order by id", person.name))
                .as("no password is tried, and the answer takes as long and writes as much as if one were")
                .last()
                .extracting(entry -> entry.action, entry -> entry.detail)
                .containsExactly("account.sign-in-failed", "locked");

        timePasses(person);
        assertThat(Forms.signIn(person.name, Hub.PASSWORD).statusCode()).isEqualTo(303);
    }

    @Test
    void the_right_password_in_time_starts_the_count_anew() {
        Person person = hub.person(Role.MEMBER);
        for (int attempt = 0; attempt < 4; attempt++) Forms.signIn(person.name, WRONG);
        assertThat(Forms.signIn(person.name, Hub.PASSWORD).statusCode()).isEqualTo(303);
        assertThat(message(Forms.signIn(person.name, WRONG))).contains("Four more tries");
    }

    @Test
    void others_attempts_do_not_keep_the_owner_from_signing_in_or_leaving() {
        Person person = hub.person(Role.MEMBER);
        Response before = Forms.signIn(person.name, Hub.PASSWORD);
        String browser = before.cookie(BROWSER);
        String session = before.cookie(SessionCookie.NAME);
        for (int attempt = 0; attempt < 8; attempt++) Forms.signIn(person.name, WRONG);
        assertThat(Forms.signIn(person.name, Hub.PASSWORD).statusCode())
                .as("a browser that is not known")
                .isEqualTo(429);

        Response known = from(browser, person.name, Hub.PASSWORD);
        assertThat(known.statusCode()).isEqualTo(303);
        assertThat(known.cookie(BROWSER)).isNotEqualTo(browser);
        String changed = "three small boats";
        assertThat(Forms.post(
                                session,
                                "/settings/password",
                                "current",
                                Hub.PASSWORD,
                                "password",
                                changed,
                                "again",
                                changed)
                        .statusCode())
                .isEqualTo(303);
        for (int attempt = 0; attempt < 8; attempt++) Forms.signIn(person.name, WRONG);
        assertThat(Forms.post(session, "/settings/delete", "current", changed).statusCode())
                .isEqualTo(303);
    }

    @Test
    void an_administrators_link_lets_a_new_browser_in_while_strangers_go_on_trying() {
        Person person = hub.person(Role.MEMBER);
        strangersTry(person);
        assertThat(message(Forms.signIn(person.name, Hub.PASSWORD)))
                .startsWith("This name is locked here.")
                .contains("an administrator can give you a link");

        String changed = "three small boats";
        Response set = Forms.post(null, reset.link(person), "password", changed, "again", changed);
        strangersTry(person);
        assertThat(Forms.signIn(person.name, changed).statusCode()).isEqualTo(429);
        assertThat(from(set.cookie(BROWSER), person.name, changed).statusCode()).isEqualTo(303);
    }

    @Test
    void the_browser_in_which_the_password_is_changed_stays_known_and_others_do_not() {
        Person person = hub.person(Role.MEMBER);
        String other = Forms.signIn(person.name, Hub.PASSWORD).cookie(BROWSER);
        String changed = "three small boats";
        Response set = Forms.post(
                hub.session(person),
                "/settings/password",
                "current",
                Hub.PASSWORD,
                "password",
                changed,
                "again",
                changed);
        strangersTry(person);
        assertThat(from(other, person.name, changed).statusCode()).isEqualTo(429);
        assertThat(from(set.cookie(BROWSER), person.name, changed).statusCode()).isEqualTo(303);
    }

    @Test
    void a_known_browser_has_as_many_tries_as_any_other_and_is_known_for_its_persons_only() {
        Person person = hub.person(Role.MEMBER);
        Person colleague = hub.person(Role.MEMBER);
        String browser = Forms.signIn(person.name, Hub.PASSWORD).cookie(BROWSER);
        for (int attempt = 0; attempt < 5; attempt++) {
            assertThat(from(browser, person.name, WRONG).statusCode()).isEqualTo(422);
        }
        assertThat(from(browser, person.name, Hub.PASSWORD).statusCode()).isEqualTo(429);

        for (int attempt = 0; attempt < 5; attempt++) Forms.signIn(colleague.name, WRONG);
        assertThat(from(browser, colleague.name, Hub.PASSWORD).statusCode()).isEqualTo(429);
    }

    @Test
    void a_browser_of_two_persons_is_known_to_both() {
        Person person = hub.person(Role.MEMBER);
        Person colleague = hub.person(Role.MEMBER);
        String first = Forms.signIn(person.name, Hub.PASSWORD).cookie(BROWSER);
        String second = from(first, colleague.name, Hub.PASSWORD).cookie(BROWSER);
        for (Person one : List.of(person, colleague)) {
            for (int attempt = 0; attempt < 5; attempt++) Forms.signIn(one.name, WRONG);
        }
        String third = from(second, person.name, Hub.PASSWORD).cookie(BROWSER);
        assertThat(third).isNotNull();
        assertThat(from(third, colleague.name, Hub.PASSWORD).statusCode()).isEqualTo(303);
    }

    @Test
    void a_stolen_session_does_not_serve_to_guess_the_password() {
        Person person = hub.person(Role.MEMBER);
        String stolen = hub.session(person);
        for (int attempt = 0; attempt < 5; attempt++) {
            assertThat(Forms.errorOf(Forms.post(stolen, "/settings/delete", "current", WRONG), "current"))
                    .isEqualTo("This is not your current password.");
        }
        assertThat(Forms.errorOf(Forms.post(stolen, "/settings/delete", "current", Hub.PASSWORD), "current"))
                .startsWith("There were too many wrong passwords");
        assertThat(Forms.post(hub.session(person), "/settings/delete", "current", Hub.PASSWORD)
                        .statusCode())
                .isEqualTo(303);
    }

    /** As many wrong passwords as lock out all unknown browsers, whatever their address, and those of this one. */
    private static void strangersTry(Person person) {
        for (int attempt = 0; attempt <= SignInThrottle.ALLOWED; attempt++) Forms.signIn(person.name, WRONG);
        QuarkusTransaction.requiringNew()
                .run(() -> Person.getEntityManager()
                        .createNativeQuery("update sign_in_try set tries = :t where name = :n and source = 'elsewhere'")
                        .setParameter("t", SignInThrottle.ALLOWED_ELSEWHERE + 1)
                        .setParameter("n", person.name)
                        .executeUpdate());
    }

    private static Response from(String browser, String name, String password) {
        return Forms.as(null)
                .cookie(BROWSER, browser)
                .formParam("name", name)
                .formParam("password", password)
                .post("/signin");
    }

    @Test
    void many_tries_at_once_get_no_more_guesses() throws Exception {
        Person person = hub.person(Role.MEMBER);
        ExecutorService browsers = Executors.newFixedThreadPool(8);
        try {
            List<Future<Integer>> answers = browsers.invokeAll(IntStream.range(0, 24)
                    .<Callable<Integer>>mapToObj(
                            i -> () -> Forms.signIn(person.name, WRONG).statusCode())
                    .toList());
            long guesses = 0;
            for (Future<Integer> answer : answers) if (answer.get() == 422) guesses++;
            assertThat(guesses).isEqualTo(SignInThrottle.ALLOWED);
        } finally {
            browsers.shutdownNow();
        }
    }

    private static String message(Response answer) {
        return Forms.page(answer).select("main [role=alert]").text();
    }

    private static List<String> actions(Person person) {
        return AuditEntry.<AuditEntry>list("subject = ?1 order by id", person.name).stream()
                .map(entry -> entry.action)
                .toList();
    }

    /** As if the last attempt were as long ago as a lock lasts. */
    private static void timePasses(Person person) {
        QuarkusTransaction.requiringNew()
                .run(() -> Person.getEntityManager()
                        .createNativeQuery(
                                "update sign_in_try set last_at = last_at - interval '15 minutes' where name = :n")
                        .setParameter("n", person.name)
                        .executeUpdate());
    }
}
