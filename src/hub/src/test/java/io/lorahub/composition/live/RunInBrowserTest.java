package io.lorahub.composition.live;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Download;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Route;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.ColorScheme;
import io.lorahub.account.Person;
import io.lorahub.account.Role;
import io.lorahub.composition.RunOwner;
import io.lorahub.composition.RunSpec;
import io.lorahub.composition.queue.NobodyWorks;
import io.lorahub.composition.queue.RunClaim;
import io.lorahub.composition.queue.RunJournal;
import io.lorahub.composition.queue.RunStates;
import io.lorahub.composition.request.RunRequest;
import io.lorahub.composition.request.RunService;
import io.lorahub.demo.DemoHub;
import io.lorahub.engine.learning.EvaluationRecord;
import io.lorahub.engine.learning.Example;
import io.lorahub.engine.optimize.Observation;
import io.lorahub.testsupport.DemoOnHub;
import io.lorahub.testsupport.Hub;
import io.lorahub.testsupport.PostgresResource;
import io.lorahub.testsupport.browser.Chromium;
import io.lorahub.testsupport.server.BreakingProxy;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.regex.Pattern;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The page of a run that stays open while the run changes; the test does what a worker does. */
@QuarkusTest
@QuarkusTestResource(PostgresResource.class)
@TestProfile(NobodyWorks.class)
class RunInBrowserTest {

    private final Hub hub;
    private final DemoOnHub demo;
    private final RunService runs;
    private final RunStates states;
    private final DataSource database;
    private Chromium chromium;
    private Person member;
    private UUID run;

    RunInBrowserTest(Hub hub, DemoOnHub demo, RunService runs, RunStates states, DataSource database) {
        this.hub = hub;
        this.demo = demo;
        this.runs = runs;
        this.states = states;
        this.database = database;
    }

    @BeforeEach
    void start() {
        chromium = Chromium.start();
        member = hub.person(Role.MEMBER);
        List<String> candidates = demo.publish(hub.person(Role.MEMBER), "un", "past");
        RunSpec spec = RunSpec.of(DemoHub.open().task("un-past").fewShot(1), List.of());
        run = runs.start(RunOwner.member(member), new RunRequest("un-past", "", Optional.empty(), candidates, spec)).id;
    }

    @AfterEach
    void stop() {
        chromium.close();
    }

    private Page open(String session) {
        Page page = chromium.page(Chromium.DESKTOP, ColorScheme.LIGHT, session);
        page.navigate(Chromium.address("/runs/" + run));
        page.evaluate("() => { window.stays = true; }");
        return page;
    }

    private static Locator state(Page page) {
        return page.locator("[data-state-of-run] .badge").first();
    }

    private static Locator button(Page page, String name) {
        return page.getByRole(
                AriaRole.BUTTON, new Page.GetByRoleOptions().setName(name).setExact(true));
    }

    @Test
    void state_and_buttons_follow_the_run_without_a_reload() {
        Page page = open(hub.session(member));
        assertThat(state(page)).hasText("Queued");

        RunClaim claim = states.take(run).orElseThrow();
        assertThat(state(page)).hasText("Running");
        runs.pause(run);
        assertThat(state(page)).hasText("Pausing");
        assertThat(button(page, "Pause")).hasCount(0);
        states.stopped(claim);
        assertThat(state(page)).hasText("Paused");
        assertThat(button(page, "Resume")).isVisible();
        assertThat(button(page, "Cancel run")).isVisible();
        assertThat(button(page, "Delete run")).isVisible();

        runs.resume(run);
        assertThat(state(page)).hasText("Queued");
        assertThat(button(page, "Resume")).hasCount(0);
        assertThat(button(page, "Pause")).isVisible();
        runs.cancel(run);
        assertThat(state(page)).hasText("Cancelled");
        assertThat(button(page, "Cancel run")).hasCount(0);
        assertThat(page.evaluate("() => window.stays")).isEqualTo(true);
        assertThat(chromium.complaints()).isEmpty();
    }

    @Test
    void the_focus_stays_among_the_buttons_and_the_change_is_said_once() {
        Page page = open(hub.session(member));
        RunClaim claim = states.take(run).orElseThrow();
        assertThat(state(page)).hasText("Running");
        button(page, "Cancel run").focus();
        page.evaluate("""
                () => {
                  window.said = [];
                  const sentence = document.querySelector("[data-run] [data-sentence]");
                  new MutationObserver(() => window.said.push(sentence.textContent))
                    .observe(sentence, { childList: true, characterData: true, subtree: true });
                }""");

        runs.pause(run);
        assertThat(state(page)).hasText("Pausing");
        assertThat(button(page, "Cancel run")).isFocused();
        states.stopped(claim);
        assertThat(button(page, "Resume")).isVisible();
        assertThat(button(page, "Cancel run")).isFocused();
        button(page, "Resume").focus();
        runs.resume(run);
        assertThat(button(page, "Pause")).isFocused();

        List<?> said = (List<?>) page.evaluate("() => window.said");
        assertThat(said).hasSize(3);
        assertThat(said.subList(0, 2))
                .isEqualTo(List.of("Pausing after the current point.", "Paused after 0 of 40 evaluations."));
        // other tests have runs in the same queue
        assertThat(said.get(2).toString()).matches("Next in the queue\\.|Waiting; \\d+ ahead\\.");
    }

    @Test
    void the_focus_stays_in_the_part_that_is_made_anew() {
        Page page = open(hub.session(member));
        Locator log = page.locator("[data-live] a", new Page.LocatorOptions().setHasText("All points"));
        log.focus();
        log.evaluate("link => { window.before = link; }");

        states.take(run).orElseThrow();

        assertThat(state(page)).hasText("Running");
        page.waitForFunction("() => !window.before.isConnected");
        assertThat(log).isFocused();
    }

    @Test
    void the_page_of_a_failed_run_follows_when_it_is_resumed_elsewhere() {
        states.fail(states.take(run).orElseThrow(), "The model of it is gone.");
        Page page = open(hub.session(member));
        assertThat(state(page)).hasText("Failed");

        runs.resume(run);

        assertThat(state(page)).hasText("Queued");
        assertThat(button(page, "Resume")).hasCount(0);
        assertThat(page.evaluate("() => window.stays")).isEqualTo(true);
    }

    @Test
    void a_run_that_is_deleted_elsewhere_says_so_on_its_page() {
        runs.pause(run);
        Page page = open(hub.session(member));
        assertThat(state(page)).hasText("Paused");

        runs.delete(run);

        assertThat(page.locator("[data-run] .notice").first()).containsText("This run was deleted.");
        assertThat(button(page, "Resume")).hasCount(0);
        assertThat(button(page, "Delete run")).hasCount(0);
        assertThat(chromium.complaints()).isEmpty();
    }

    /** Its stream of events is refused then, and a browser doesn't say why. */
    @Test
    void a_run_that_is_deleted_before_its_page_listens_says_so_too() {
        runs.pause(run);
        Page page = chromium.page(Chromium.DESKTOP, ColorScheme.LIGHT, hub.session(member));
        AtomicBoolean deleted = new AtomicBoolean();
        page.route("**/events?*", route -> {
            if (!deleted.getAndSet(true)) runs.delete(run);
            route.resume();
        });
        page.navigate(Chromium.address("/runs/" + run));

        assertThat(page.locator("[data-run] .notice").first()).containsText("This run was deleted.");
        assertThat(page.locator("[data-connection]")).isHidden();
        assertThat(button(page, "Resume")).hasCount(0);
    }

    @Test
    void a_paused_run_can_be_cancelled_on_its_page() {
        runs.pause(run);
        Page page = open(hub.session(member));

        button(page, "Cancel run").click();
        page.locator("dialog").getByRole(AriaRole.BUTTON).last().click();

        assertThat(state(page)).hasText("Cancelled");
    }

    @Test
    void a_cut_connection_is_said_and_a_button_then_stays_on_the_page() throws Exception {
        try (BreakingProxy way = new BreakingProxy(URI.create(Chromium.address("/")))) {
            states.take(run);
            Page page = chromium.page(Chromium.DESKTOP, ColorScheme.LIGHT, hub.session(member));
            page.navigate(way.address() + "/runs/" + run);
            assertThat(state(page)).hasText("Running");

            way.close();

            assertThat(page.locator("[data-connection]")).isVisible();
            assertThat(page.locator("[data-connection]")).hasText("Reconnecting");
            assertThat(page.locator("[data-state-of-run]").first()).isHidden();
            button(page, "Pause").click();
            assertThat(page.locator(".toast")).containsText("The hub can't be reached");
            assertThat(button(page, "Pause")).isVisible();
            assertThat(page).hasURL(way.address() + "/runs/" + run);
        }
    }

    @Test
    void a_connection_on_which_nothing_comes_any_more_is_opened_again() {
        states.take(run);
        Page page = chromium.page(Chromium.DESKTOP, ColorScheme.LIGHT, hub.session(member));
        page.clock().install();
        page.navigate(Chromium.address("/runs/" + run));
        assertThat(state(page)).hasText("Running");

        page.clock().fastForward("00:45");

        assertThat(page.locator("[data-connection]")).hasText("Reconnecting");
        assertThat(page.locator(".run-progress .badge")).isHidden();
        page.clock().fastForward("00:05");
        assertThat(page.locator("[data-connection]")).isHidden();
        assertThat(state(page)).hasText("Running");
    }

    @Test
    void a_form_that_cannot_be_sent_leaves_a_page_that_is_connected() {
        states.take(run);
        Page page = open(hub.session(member));
        assertThat(state(page)).hasText("Running");
        page.route("**/static/favicon.svg", Route::abort); // what the page asks whether the hub can be reached

        button(page, "Pause").click();

        assertThat(page.locator(".toast")).containsText("nothing was sent");
        assertThat(page.locator("[data-connection]")).isHidden();
        assertThat(state(page)).hasText("Running");
        runs.pause(run);
        assertThat(state(page)).hasText("Pausing");
    }

    @Test
    void the_chart_says_values_to_the_pointer_and_to_the_keyboard_on_both_scales_and_is_saved() throws IOException {
        RunClaim claim = states.take(run).orElseThrow();
        RunJournal journal = new RunJournal(database, run, claim.claim, request -> {});
        double[] objectives = {2.5, 0.1234, 0.7};
        journal(journal, objectives);
        for (int width : new int[] {Chromium.DESKTOP, Chromium.PHONE}) {
            Page page = chromium.page(width, ColorScheme.LIGHT, hub.session(member));
            page.navigate(Chromium.address("/runs/" + run));
            Locator plot = page.locator(".chart-plot.is-drawn");
            Locator value = page.locator(".chart-value");
            assertThat(value).isHidden();

            // the axis begins after 56 px and ends 12 px before the right edge
            double place = 56 + (plot.boundingBox().width - 56 - 12) * 2.5 / 40; // of the third of 40 evaluations
            plot.hover(new Locator.HoverOptions().setPosition(place - 1, 100));
            assertThat(value).hasText("Point 3: 0.7, best so far 0.123");
            page.mouse().move(0, 0);
            assertThat(value).isHidden();

            plot.focus();
            page.keyboard().press("End");
            assertThat(value).hasText("Point 3: 0.7, best so far 0.123");
            page.keyboard().press("ArrowLeft");
            assertThat(value).hasText("Point 2: 0.123, best so far 0.123");
            assertThat(Chromium.violations(page)).isEmpty();

            assertThat(plot.locator("text").filter(new Locator.FilterOptions().setHasText("0.2")))
                    .not()
                    .hasCount(0);
            page.locator("[data-scale]").selectOption("linear");
            assertThat(plot.locator("text").allTextContents()).contains("0.5", "1", "1.5", "2", "2.5");
            assertThat(plot.evaluate("plot => plot.scrollWidth <= plot.clientWidth"))
                    .isEqualTo(true);

            assertThat(saved(page, "csv"))
                    .isEqualTo(
                            "evaluations,Objective per point,best so far\r\n1,2.5,2.5\r\n2,0.1234,0.1234\r\n3,0.7,0.1234\r\n");
            assertThat(saved(page, "svg"))
                    .startsWith("<svg")
                    .contains("stroke-width")
                    .doesNotContain("class=");
            assertThat(saved(page, "png")).contains("PNG");
        }
        assertThat(chromium.complaints()).isEmpty();
    }

    private static void journal(RunJournal journal, double[] objectives) {
        for (int i = 0; i < objectives.length; i++) {
            EvaluationRecord point = new EvaluationRecord(
                    i + 1,
                    1,
                    new Observation(new double[] {1, i}, objectives[i], objectives[i], new float[] {1}, null, null),
                    0.02);
            journal.evaluated(List.of(point), point, i + 1);
        }
    }

    private static String saved(Page page, String kind) throws IOException {
        Download download = page.waitForDownload(
                () -> page.locator("[data-save=" + kind + "]").click());
        assertThat(download.suggestedFilename()).isEqualTo("objective-per-point." + kind);
        try (InputStream file = download.createReadStream()) {
            return new String(file.readAllBytes(), StandardCharsets.ISO_8859_1);
        }
    }

    @Test
    void the_chart_goes_on_with_the_run_and_keeps_the_scale() {
        RunClaim claim = states.take(run).orElseThrow();
        Page page = open(hub.session(member));
        page.locator("[data-scale]").selectOption("linear");

        journal(new RunJournal(database, run, claim.claim, request -> {}), new double[] {2.5, 0.5});

        assertThat(page.locator(".chart path.is-steps").last())
                .hasAttribute("d", Pattern.compile("M[\\d.]+ [\\d.]+H[\\d.]+V[\\d.]+H[\\d.]+"));
        assertThat(page.locator("[data-scale]")).hasValue("linear");
        assertThat(page.locator(".chart text").allTextContents()).contains("1.5");
        assertThat(chromium.complaints()).isEmpty();
    }

    @Test
    void what_is_written_from_the_right_begins_there() {
        RunSpec spec = RunSpec.of(List.of(new Example("قفل", "فتح")), List.of());
        UUID id = runs.start(
                        RunOwner.member(member),
                        new RunRequest("قفل", "", Optional.empty(), demo.publish(hub.person(Role.MEMBER), "un"), spec))
                .id;
        states.predicted(states.take(id).orElseThrow(), List.of("فتا"));
        for (int width : new int[] {Chromium.DESKTOP, Chromium.PHONE}) {
            Page page = chromium.page(width, ColorScheme.LIGHT, hub.session(member));
            page.navigate(Chromium.address("/runs/" + id));
            for (Locator text : page.locator(".predictions tbody .few-lines, .predictions td.is-false")
                    .all()) {
                assertThat(text.evaluate("""
                                cell => {
                                  const words = document.createRange();
                                  words.selectNodeContents(cell.classList.contains("is-false") ? cell.lastChild : cell);
                                  const { left, right } = words.getBoundingClientRect();
                                  const box = cell.getBoundingClientRect();
                                  return box.right - right <= left - box.left + 1;
                                }"""))
                        .as("%d px: %s", width, text.textContent())
                        .isEqualTo(true);
            }
        }
    }

    @Test
    void guests_see_the_state_but_no_buttons() {
        runs.share(run, true);
        Page page = open(hub.session(hub.person(Role.MEMBER)));

        states.take(run);

        assertThat(state(page)).hasText("Running");
        assertThat(button(page, "Pause")).hasCount(0);
        assertThat(button(page, "Cancel run")).hasCount(0);
    }
}
