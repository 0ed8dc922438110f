package io.lorahub.account.settings;

import static org.assertj.core.api.Assertions.assertThat;

import io.lorahub.account.Forms;
import io.lorahub.account.Person;
import io.lorahub.account.PersonSession;
import io.lorahub.account.Role;
import io.lorahub.account.signin.SecondFactor;
import io.lorahub.account.signin.SecondFactorKey;
import io.lorahub.account.signin.SecondFactors;
import io.lorahub.account.signin.SignInThrottle;
import io.lorahub.account.signin.TimeBasedCodes;
import io.lorahub.audit.AuditEntry;
import io.lorahub.notice.Notice;
import io.lorahub.serve.Serving;
import io.lorahub.testsupport.Hub;
import io.lorahub.testsupport.PostgresResource;
import io.lorahub.web.SessionCookie;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.Response;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.jsoup.nodes.Document;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@QuarkusTest
@QuarkusTestResource(PostgresResource.class)
class SecondFactorTest {

    private static final String PAGE = "/settings/second-factor";
    private static final String WRONG = "abcdef";

    private final Hub hub;
    private final SecondFactors factors;
    private final SecondFactorKey key;
    private Person person;
    private String session;
    private String firstCode;
    private List<String> recovery;

    SecondFactorTest(Hub hub, SecondFactors factors, SecondFactorKey key) {
        this.hub = hub;
        this.factors = factors;
        this.key = key;
    }

    @BeforeEach
    void set_up() {
        person = hub.person(Role.MEMBER);
        session = hub.session(person);
        assertThat(Forms.post(session, PAGE + "/begin").statusCode()).isEqualTo(303);
        Response shown = Forms.as(session).get(PAGE);
        assertThat(shown.header("Cache-Control")).contains("no-store");
        assertThat(Forms.page(shown).select("main form svg path").attr("d")).startsWith("M4 4h1v1h-1z");
        assertThat(Forms.page(shown).select("main code").text()).isEqualTo(secret());
        assertThat(Forms.errorOf(Forms.post(session, PAGE + "/confirm", "code", WRONG), "code"))
                .contains("wrong");
        assertThat(Forms.signIn(person.name, Hub.PASSWORD).statusCode())
                .as("not asked for before it is confirmed")
                .isEqualTo(303);
        firstCode = code(0);
        Response on = Forms.post(session, PAGE + "/confirm", "code", firstCode);
        assertThat(on.header("Cache-Control")).contains("no-store");
        recovery = Forms.page(on).select("main pre").first().wholeText().lines().toList();
        assertThat(recovery)
                .hasSize(SecondFactors.RECOVERY_CODES)
                .doesNotHaveDuplicates()
                .allMatch(one -> one.matches("[A-Z2-7]{4}(-[A-Z2-7]{4}){5}"));
    }

    @Test
    void the_password_alone_opens_no_session_and_no_code_is_taken_twice() {
        Response asked = Forms.signIn(person.name, Hub.PASSWORD);
        assertThat(asked.statusCode()).isEqualTo(200);
        assertThat(asked.cookies()).doesNotContainKey(SessionCookie.NAME);

        Response used = send(pending(asked), firstCode);
        assertThat(used.statusCode()).as("the code with which it was set up").isEqualTo(422);
        String code = code(1);
        Response done = send(pending(asked), code);
        assertThat(done.statusCode()).isEqualTo(303);
        assertThat(Forms.isSignedIn(done.cookie(SessionCookie.NAME))).isTrue();
        assertThat(send(pending(asked), recovery.get(0)).header("Location"))
                .as("the same sign-in again")
                .contains("note=too-late");
        assertThat(send(pending(Forms.signIn(person.name, Hub.PASSWORD)), code).statusCode())
                .isEqualTo(422);
    }

    @Test
    void a_recovery_code_signs_in_once() {
        String typed = recovery.get(3).toLowerCase().replace("-", " ");
        assertThat(send(pending(Forms.signIn(person.name, Hub.PASSWORD)), typed).statusCode())
                .isEqualTo(303);
        assertThat(send(pending(Forms.signIn(person.name, Hub.PASSWORD)), typed).statusCode())
                .isEqualTo(422);
        assertThat(Forms.as(session).get(PAGE).asString()).contains("9 unused recovery");
    }

    @Test
    void of_two_at_once_with_the_same_code_one_gets_in() throws Exception {
        String pending = pending(Forms.signIn(person.name, Hub.PASSWORD));
        String code = code(1);
        ExecutorService browsers = Executors.newFixedThreadPool(4);
        try {
            Callable<Response> sign = () -> send(pending, code);
            int sessions = 0;
            for (Future<Response> answer :
                    browsers.invokeAll(Stream.generate(() -> sign).limit(4).toList())) {
                if (answer.get().cookie(SessionCookie.NAME) != null) sessions++;
            }
            assertThat(sessions).isEqualTo(1);
        } finally {
            browsers.shutdownNow();
        }
    }

    @Test
    void codes_cannot_be_guessed_and_who_tries_does_not_lock_out_the_owner() {
        Response first = send(pending(Forms.signIn(person.name, Hub.PASSWORD)), recovery.get(0));
        String browser = first.cookie("lorahub_browser");
        for (int attempt = 0; attempt < SignInThrottle.ALLOWED; attempt++) {
            assertThat(send(pending(Forms.signIn(person.name, Hub.PASSWORD)), WRONG)
                            .statusCode())
                    .isEqualTo(422);
        }
        assertThat(send(pending(Forms.signIn(person.name, Hub.PASSWORD)), code(1))
                        .statusCode())
                .isEqualTo(429);

        String pending = pending(Forms.signIn(person.name, Hub.PASSWORD));
        assertThat(Forms.as(null)
                        .cookie("lorahub_browser", browser)
                        .formParam("pending", pending)
                        .formParam("code", code(1))
                        .post("/signin/code")
                        .statusCode())
                .isEqualTo(303);
    }

    @Test
    void an_invented_beginning_of_a_sign_in_leads_back_to_it() {
        assertThat(send("invented", code(1)).header("Location")).contains("/signin?note=too-late");
        String reset = "/reset-password/" + pending(Forms.signIn(person.name, Hub.PASSWORD));
        assertThat(Forms.as(null).get(reset).statusCode()).isEqualTo(410);
    }

    @Test
    void it_is_turned_off_by_its_owner_or_by_an_admin_who_tells_them() {
        assertThat(Forms.post(session, PAGE + "/begin").statusCode()).isEqualTo(409);
        assertThat(Forms.post(session, PAGE + "/remove").statusCode()).isEqualTo(303);
        assertThat(Forms.signIn(person.name, Hub.PASSWORD).statusCode()).isEqualTo(303);

        set_up();
        String admin = hub.session(hub.person(Role.ADMIN));
        String member = "/moderation/members/" + person.name;
        assertThat(Forms.page(Forms.as(admin).get(member)).select("form[action$=/second-factor/remove]"))
                .hasSize(1);
        assertThat(Forms.post(admin, member + "/second-factor/remove").statusCode())
                .isEqualTo(303);
        assertThat(Forms.signIn(person.name, Hub.PASSWORD).statusCode()).isEqualTo(303);
        assertThat(Notice.count("personId = ?1 and title like 'Your second factor%'", person.id))
                .isEqualTo(1);
    }

    private static String pending(Response asked) {
        Document page = Forms.page(asked);
        return page.select("input[name=pending]").val();
    }

    private static Response send(String pending, String code) {
        return Forms.post(null, "/signin/code", "pending", pending, "code", code);
    }

    @Test
    void the_database_does_not_tell_what_codes_are_made_of() {
        assertThat(stored()).startsWith("v1:").doesNotContain(secret());
    }

    @Test
    void secrets_of_an_earlier_release_still_work_and_are_encrypted_at_the_start() {
        String plain = secret();
        QuarkusTransaction.requiringNew()
                .run(() -> SecondFactor.update("secret = ?1 where personId = ?2", plain, person.id));
        assertThat(send(pending(Forms.signIn(person.name, Hub.PASSWORD)), code(1))
                        .statusCode())
                .isEqualTo(303);

        factors.encryptOld(new Serving(true));

        assertThat(stored()).startsWith("v1:");
        assertThat(secret()).isEqualTo(plain);
    }

    @Test
    void password_and_code_confirm_the_identity_again() {
        QuarkusTransaction.requiringNew()
                .run(() -> PersonSession.update(
                        "authenticatedAt = ?1 where person = ?2", Instant.now().minusSeconds(660), person));
        assertThat(Forms.post(session, PAGE + "/remove").header("Location")).contains(StepUpPage.PATH);
        assertThat(Forms.page(Forms.as(session).get(StepUpPage.PATH)).select("input[name=code]"))
                .hasSize(1);

        assertThat(Forms.errorOf(confirm(""), "code")).contains("wrong");
        for (int attempt = 1; attempt < SignInThrottle.ALLOWED; attempt++) confirm(WRONG);
        assertThat(Forms.errorOf(confirm(code(1)), "code")).contains("too many");
        QuarkusTransaction.requiringNew()
                .run(() -> SecondFactor.getEntityManager()
                        .createNativeQuery("delete from sign_in_try where name = ?1")
                        .setParameter(1, person.name)
                        .executeUpdate());
        assertThat(confirm(code(1)).statusCode()).isEqualTo(303);
        assertThat(Forms.post(session, PAGE + "/remove").header("Location")).endsWith(PAGE);
    }

    /** Guessing the password isn't enough here, so no limit for strangers keeps the right one from leading to the code. */
    @Test
    void wrong_passwords_of_strangers_do_not_lock_out_the_owner() {
        for (int attempt = 0; attempt < 5; attempt++) Forms.signIn(person.name, "wrong horse battery");
        QuarkusTransaction.requiringNew()
                .run(() -> Person.getEntityManager()
                        .createNativeQuery(
                                "update sign_in_try set tries = 101 where name = :n and source = 'elsewhere'")
                        .setParameter("n", person.name)
                        .executeUpdate());

        assertThat(Forms.signIn(person.name, "wrong horse battery").statusCode())
                .isEqualTo(429);
        assertThat(send(pending(Forms.signIn(person.name, Hub.PASSWORD)), WRONG).statusCode())
                .isEqualTo(422);
        assertThat(send(pending(Forms.signIn(person.name, Hub.PASSWORD)), code(1))
                        .statusCode())
                .isEqualTo(303);
    }

    @Test
    void wrong_passwords_are_logged_while_the_name_is_locked() {
        for (int attempt = 0; attempt < 7; attempt++) Forms.signIn(person.name, "wrong horse battery");

        assertThat(AuditEntry.count("subject = ?1 and action = 'account.sign-in-failed'", person.name))
                .isEqualTo(7);
        assertThat(AuditEntry.count("subject = ?1 and action = 'account.lock'", person.name))
                .isEqualTo(1);
    }

    private Response confirm(String code) {
        return Forms.post(session, StepUpPage.PATH, "current", Hub.PASSWORD, "code", code, "next", PAGE);
    }

    private String secret() {
        return key.open(person.id, stored()).orElseThrow();
    }

    private String stored() {
        return QuarkusTransaction.requiringNew().call(() -> SecondFactor.<SecondFactor>findById(person.id).secret);
    }

    /** @param later number of steps of half a minute */
    private String code(int later) {
        return TimeBasedCodes.code(secret(), Instant.now().getEpochSecond() / TimeBasedCodes.STEP + later);
    }
}
