package io.lorahub.composition.task;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.ColorScheme;
import com.microsoft.playwright.options.Cookie;
import io.lorahub.account.Person;
import io.lorahub.account.Role;
import io.lorahub.account.Secret;
import io.lorahub.composition.CompositionRun;
import io.lorahub.composition.RunOwner;
import io.lorahub.composition.VisitorCookie;
import io.lorahub.demo.DemoHub;
import io.lorahub.testsupport.AsBrowser;
import io.lorahub.testsupport.DemoOnHub;
import io.lorahub.testsupport.FinishedRuns;
import io.lorahub.testsupport.Hub;
import io.lorahub.testsupport.PostgresResource;
import io.lorahub.testsupport.browser.Chromium;
import io.lorahub.web.SessionCookie;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.Response;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A visitor's results belong to the account that the same browser creates or signs in to. */
@QuarkusTest
@QuarkusTestResource(PostgresResource.class)
class VisitorRunsTest {

    private static final String COOKIE = "lorahub_visitor";

    private final Hub hub;
    private final DemoOnHub demo;
    private final FinishedRuns finished;
    private final WorkerTasks tasks;
    private final Secret secret = Secret.random("");
    private List<String> candidates;

    VisitorRunsTest(Hub hub, DemoOnHub demo, FinishedRuns finished, WorkerTasks tasks) {
        this.hub = hub;
        this.demo = demo;
        this.finished = finished;
        this.tasks = tasks;
    }

    @BeforeEach
    void publish() {
        candidates = demo.publish(hub.person(Role.MEMBER), "un", "past");
    }

    private CompositionRun runOf(Secret visitor) {
        return finished.over(RunOwner.visitor(VisitorCookie.hash(visitor)), 5, candidates);
    }

    private static Response send(String path, Secret visitor, String... fields) {
        var request = AsBrowser.given().cookie(COOKIE, visitor.text());
        for (int i = 0; i < fields.length; i += 2) request.formParam(fields[i], fields[i + 1]);
        return request.post(path);
    }

    private static int status(String path, Secret visitor) {
        return AsBrowser.given().cookie(COOKIE, visitor.text()).get(path).statusCode();
    }

    private static void assertEnded(Response answer) {
        assertThat(answer.headers().getValues("Set-Cookie"))
                .anySatisfy(
                        cookie -> assertThat(cookie).startsWith(COOKIE + "=;").contains("Max-Age=0", "Path=/"))
                .anySatisfy(cookie -> assertThat(cookie).startsWith(SessionCookie.NAME + "="));
    }

    @Test
    void a_visitor_tries_makes_an_account_and_publishes() {
        try (Chromium chromium = Chromium.start()) {
            CompositionRun run = runOf(secret);
            Page page = chromium.page(Chromium.DESKTOP, ColorScheme.LIGHT);
            page.context().addCookies(List.of(new Cookie(COOKIE, secret.text()).setUrl(Chromium.address("/"))));
            page.navigate(Chromium.address("/runs/" + run.id + "/result"));

            button(page, "Publish as adapter");
            page.getByRole(AriaRole.LINK, new Page.GetByRoleOptions().setName("Create one"))
                    .click();
            page.getByLabel("Account name").fill("tried-it-first");
            page.locator("input[type=password]").all().forEach(field -> field.fill(Hub.PASSWORD));
            button(page, "Create account");

            assertThat(page).hasURL(Chromium.address("/runs/" + run.id + "/publish?name=un-past"));
            assertThat(page.getByRole(AriaRole.HEADING, new Page.GetByRoleOptions().setLevel(1)))
                    .containsText("Publish");
            page.navigate(Chromium.address("/runs"));
            assertThat(page.getByRole(AriaRole.MAIN)).containsText("un-past");
            assertThat(page.context().cookies())
                    .extracting(cookie -> cookie.name)
                    .doesNotContain(COOKIE);
            assertThat(chromium.complaints()).isEmpty();
        }
    }

    private static void button(Page page, String name) {
        page.getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName(name))
                .click();
    }

    @Test
    void signing_in_takes_this_browsers_runs_and_questions_and_nobody_elses() {
        Person member = hub.person(Role.MEMBER);
        Secret other = Secret.random("");
        CompositionRun mine = runOf(secret);
        CompositionRun others = runOf(other);
        UUID question =
                tasks.suggest(RunOwner.visitor(VisitorCookie.hash(secret)), DemoHub.BASE_MODEL, mine.spec, candidates);

        Response answer = send("/signin", secret, "name", member.name, "password", Hub.PASSWORD);

        assertEnded(answer);
        CompositionRun adopted = finished.stored(mine.id);
        assertThat(adopted.person.id).isEqualTo(member.id);
        assertThat(adopted.visitor).isNull();
        assertThat(adopted.expiresAt).as("members' runs are kept").isNull();
        assertThat(QuarkusTransaction.requiringNew().call(() -> tasks.of(RunOwner.member(member), question).visitor))
                .isNull();
        assertThat(status("/runs/" + mine.id, secret))
                .as("the cookie proves nothing any more")
                .isEqualTo(404);
        assertThat(finished.stored(others.id).person).isNull();
        assertThat(status("/runs/" + others.id, other)).isEqualTo(200);
    }

    @Test
    void a_failed_sign_in_takes_over_no_runs() {
        Person member = hub.person(Role.MEMBER);
        CompositionRun run = runOf(secret);

        Response answer = send("/signin", secret, "name", member.name, "password", "wrong");

        assertThat(answer.statusCode()).isEqualTo(422);
        assertThat(answer.headers().getValues("Set-Cookie")).isEmpty();
        assertThat(status("/runs/" + run.id, secret)).isEqualTo(200);
    }

    @Test
    void a_cookie_that_is_planted_while_somebody_is_signed_in_gives_them_nothing_and_takes_nothing() {
        CompositionRun run = runOf(secret);

        AsBrowser.given(hub.session(hub.person(Role.MEMBER)))
                .cookie(COOKIE, secret.text())
                .get("/runs/" + run.id)
                .then()
                .statusCode(404);
        assertThat(finished.stored(run.id).person).isNull();
    }
}
