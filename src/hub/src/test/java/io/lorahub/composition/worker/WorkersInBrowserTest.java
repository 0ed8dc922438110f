package io.lorahub.composition.worker;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.assertions.PlaywrightAssertions;
import com.microsoft.playwright.options.ColorScheme;
import io.lorahub.account.Person;
import io.lorahub.account.Role;
import io.lorahub.composition.RunOwner;
import io.lorahub.composition.RunState;
import io.lorahub.composition.queue.NobodyWorks;
import io.lorahub.composition.queue.PoolRows;
import io.lorahub.composition.queue.RunStates;
import io.lorahub.testsupport.DemoOnHub;
import io.lorahub.testsupport.Hub;
import io.lorahub.testsupport.PostgresResource;
import io.lorahub.testsupport.browser.Chromium;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The same page in a browser: how it looks, and that it keeps itself up to date. */
@QuarkusTest
@QuarkusTestResource(PostgresResource.class)
@TestProfile(NobodyWorks.class)
class WorkersInBrowserTest {

    private static final String PAGE = "/admin/workers";

    private final Hub hub;
    private final DemoOnHub demo;
    private final RunStates states;
    private final PoolRows pool;
    private Person admin;
    private Person member;
    private List<String> candidates;

    WorkersInBrowserTest(Hub hub, DemoOnHub demo, RunStates states, PoolRows pool) {
        this.hub = hub;
        this.demo = demo;
        this.states = states;
        this.pool = pool;
    }

    @BeforeEach
    void begin() {
        pool.clear();
        admin = hub.person(Role.ADMIN);
        member = hub.person(Role.MEMBER);
        candidates = demo.publish(hub.person(Role.MEMBER), "un", "past");
    }

    private UUID start(RunOwner owner, String title) {
        return pool.waiting(owner, title, candidates);
    }

    private void fill() {
        pool.worker("build-7-2211", "cpu", 1, "0");
        pool.worker("gpu-host-1", "gpu:0", 0, "0");
        pool.worker("old-box-990", "cpu", 0, "00:04:00");
        pool.sql("update worker set draining = true where name = 'gpu-host-1'");
        states.take(start(RunOwner.member(member), "Past tense of words with un"));
        start(RunOwner.member(member), "Plural, upper case");
        start(RunOwner.visitor("1".repeat(64)), "un-past");
        pool.failed(member, "Rhymes", candidates);
    }

    @Test
    void axe_finds_nothing_in_both_colours_and_widths_and_nothing_sticks_out() {
        fill();
        try (Chromium chromium = Chromium.start()) {
            for (int width : new int[] {Chromium.DESKTOP, Chromium.PHONE}) {
                for (ColorScheme colours : List.of(ColorScheme.LIGHT, ColorScheme.DARK)) {
                    Page page = chromium.page(width, colours, hub.session(admin));
                    page.navigate(Chromium.address(PAGE));
                    assertThat(Chromium.violations(page))
                            .as("%d px, %s", width, colours)
                            .isEmpty();
                    assertThat(page.locator("html").evaluate("html => html.scrollWidth"))
                            .isEqualTo(width);
                    page.screenshot(new Page.ScreenshotOptions()
                            .setFullPage(true)
                            .setPath(Path.of("target", "pictures", "workers-%d-%s.png".formatted(width, colours))));
                    page.close();
                }
            }
            assertThat(chromium.complaints()).isEmpty();
        }
    }

    @Test
    void the_page_keeps_itself_up_to_date_but_not_while_somebody_is_at_it() {
        UUID run = start(RunOwner.member(member), "Plural");
        try (Chromium chromium = Chromium.start()) {
            Page page = chromium.page(Chromium.DESKTOP, ColorScheme.LIGHT, hub.session(admin));
            page.navigate(Chromium.address(PAGE));
            page.locator("button[aria-label='Cancel Plural']").click();
            Locator dialog = page.locator("dialog");
            PlaywrightAssertions.assertThat(dialog).containsText("Cancel “Plural”?");
            pool.worker("new-worker", "cpu", 0, "0");
            dialog.locator("text=Cancel run").click();
            PlaywrightAssertions.assertThat(page.locator(".toast")).containsText("Cancelled “Plural”.");
            assertThat(pool.stored(run).state).isEqualTo(RunState.CANCELLED);

            page.locator("tr:has-text('new-worker') button").focus();
            pool.worker("newer-worker", "cpu", 0, "0");
            PlaywrightAssertions.assertThat(page.locator("main"))
                    .containsText(
                            "newer-worker",
                            new com.microsoft.playwright.assertions.LocatorAssertions.ContainsTextOptions()
                                    .setTimeout(20_000));
            PlaywrightAssertions.assertThat(page.locator("tr:has-text('new-worker') button"))
                    .isFocused();
        }
    }
}
