package io.lorahub.web;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.deque.html.axecore.playwright.AxeBuilder;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Request;
import com.microsoft.playwright.Route;
import com.microsoft.playwright.assertions.LocatorAssertions;
import com.microsoft.playwright.options.ColorScheme;
import io.lorahub.account.Person;
import io.lorahub.account.Role;
import io.lorahub.notice.NotificationInbox;
import io.lorahub.testsupport.Hub;
import io.lorahub.testsupport.PostgresResource;
import io.lorahub.testsupport.browser.Chromium;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The frame of the pages and its scripts, in a real browser. */
@QuarkusTest
@QuarkusTestResource(PostgresResource.class)
class FrameInBrowserTest {

    private static final String ALL_TAGS = "/test/components";

    @Inject
    Hub hub;

    @Inject
    NotificationInbox inbox;

    private Chromium chromium;

    @BeforeEach
    void start() {
        chromium = Chromium.start();
    }

    @AfterEach
    void stop() {
        chromium.close();
    }

    @Test
    void axe_finds_nothing_in_both_colours_and_widths_and_nothing_sticks_out() {
        for (String path : List.of(ALL_TAGS, "/test/trouble/anything", "/test/trouble/not-found")) {
            for (int width : new int[] {Chromium.DESKTOP, Chromium.PHONE}) {
                Page page = open(width, ColorScheme.LIGHT, path);
                for (ColorScheme colours : List.of(ColorScheme.LIGHT, ColorScheme.DARK)) {
                    Chromium.show(page, colours);
                    assertThat(Chromium.violations(page, colours))
                            .as("%s, %d px, %s", path, width, colours)
                            .isEmpty();
                    assertThat(page.locator("html").evaluate("html => html.scrollWidth"))
                            .isEqualTo(width);
                }
                page.close();
            }
        }
    }

    @Test
    void the_policy_of_the_page_forbids_nothing_that_it_needs() {
        open(Chromium.DESKTOP, ColorScheme.LIGHT, ALL_TAGS);
        assertThat(chromium.complaints()).isEmpty();
    }

    @Test
    void colours_change_at_once_and_stay() {
        Page page = open(Chromium.DESKTOP, ColorScheme.LIGHT, ALL_TAGS);
        page.locator(".theme button[value=dark]").click();
        assertThat(page.locator("html")).hasAttribute("data-theme", "dark");
        page.reload();
        assertThat(page.locator("html")).hasAttribute("data-theme", "dark");
        assertThat(page.locator(".theme [aria-pressed=true]")).hasText("Dark");
        page.locator(".theme button[value=system]").click();
        assertThat(page.locator("html[data-theme]")).hasCount(0);
    }

    @Test
    void the_cursor_is_in_the_first_wrong_field() {
        assertThat(open(Chromium.DESKTOP, ColorScheme.LIGHT, ALL_TAGS).locator("#f-password"))
                .isFocused();
    }

    @Test
    void irreversible_actions_ask_first() {
        Page page = open(Chromium.DESKTOP, ColorScheme.LIGHT, ALL_TAGS);
        List<String> sent = new ArrayList<>();
        page.onRequest(request -> {
            if (request.method().equals("POST")) sent.add(request.url());
        });
        Locator dialog = page.locator("dialog");
        page.locator("main form .btn-primary").click();
        assertThat(dialog).containsText("It is for good.");
        dialog.locator("text=Cancel").click();
        assertThat(dialog).hasCount(0);
        assertThat(page.locator("main form .btn-primary")).isFocused();
        assertThat(sent).isEmpty();
        page.locator("main form .btn-primary").click();
        Request request = page.waitForRequest(
                Pattern.compile("/theme$"), () -> dialog.locator("[value=yes]").click());
        assertThat(request.method()).isEqualTo("POST");
    }

    @Test
    void a_code_block_is_copied() {
        Page page = open(Chromium.DESKTOP, ColorScheme.LIGHT, ALL_TAGS);
        page.locator(".code .copy").click();
        assertThat(page.locator(".toast")).hasText("Copied.");
        assertThat(page.locator("html").evaluate("() => navigator.clipboard.readText()"))
                .isEqualTo("curl -LO http://localhost/demo/un");
    }

    @Test
    void an_error_stays_until_it_is_closed_by_the_keyboard_and_a_confirmation_fades() {
        Page page = chromium.page(Chromium.DESKTOP, ColorScheme.LIGHT);
        page.clock().install();
        page.navigate(Chromium.address(ALL_TAGS));
        Locator before = page.locator(".code .copy");
        before.focus();
        String say = "s => document.dispatchEvent(new CustomEvent('lorahub:toast', { detail: s }))";
        page.evaluate(say, Map.of("sentence", "Saved.", "kind", "ok"));
        for (int i = 0; i < 2; i++) {
            page.evaluate(say, Map.of("sentence", "The hub can't be reached.", "kind", "danger"));
        }
        assertThat(page.locator("[role=status] .toast")).hasText("Saved.");

        page.clock().fastForward("10:00");

        assertThat(page.locator("[role=status] .toast")).hasCount(0);
        Locator error = page.locator(".toast[role=alert]");
        assertThat(error).hasCount(1);
        assertThat(error).hasText("The hub can't be reached.");
        assertThat(Chromium.violations(page)).isEmpty();
        error.getByLabel("Close message").focus();
        page.keyboard().press("Enter");
        assertThat(error).hasCount(0);
        assertThat(before).isFocused();
    }

    @Test
    void what_is_new_in_a_swapped_part_is_read_aloud() {
        Page page = open(Chromium.DESKTOP, ColorScheme.LIGHT, ALL_TAGS);
        Locator spoken = page.locator("[data-announcer][role=status]");
        assertThat(spoken).isEmpty();
        String swap = "state => { const part = document.querySelector('#part') ?? document.querySelector('main')"
                + ".appendChild(Object.assign(document.createElement('div'), { id: 'part' }));"
                + " part.innerHTML = `<p data-announce>Same as before</p><p data-announce=\"un: \">${state}</p>`;"
                + " part.dispatchEvent(new CustomEvent('htmx:afterSettle', { bubbles: true })); }";
        page.evaluate(swap, "Checking");
        assertThat(spoken).hasText("Same as before. un: Checking");
        page.evaluate(swap, "Passed");
        // at most every five seconds
        assertThat(spoken).hasText("un: Passed", new LocatorAssertions.HasTextOptions().setTimeout(10_000));
    }

    @Test
    void the_account_menu_opens_and_Escape_closes_it() {
        String session = hub.session(hub.person(Role.ADMIN));
        Page page = chromium.page(Chromium.DESKTOP, ColorScheme.LIGHT, session);
        page.navigate(Chromium.address(ALL_TAGS));
        Locator menu = page.locator("details.menu:not(.nav-phone)");
        menu.locator("summary").click();
        assertThat(menu.locator(".menu-list a"))
                .containsText(new String[] {"My adapters", "Inbox", "Settings", "Moderation", "Admin"});
        page.keyboard().press("Escape");
        assertThat(menu.locator(".menu-list")).isHidden();
        assertThat(menu.locator("summary")).isFocused();
    }

    @Test
    void the_account_menu_is_called_by_what_one_sees_of_it_with_the_new_notices() {
        Person person = hub.person(Role.MEMBER);
        QuarkusTransaction.requiringNew().run(() -> inbox.send(person.id, "Hello", "A notice.", "/inbox"));
        for (int width : new int[] {Chromium.DESKTOP, Chromium.PHONE}) {
            Page page = chromium.page(width, ColorScheme.LIGHT, hub.session(person));
            page.navigate(Chromium.address(ALL_TAGS));
            assertThat(new AxeBuilder(page)
                            .withRules(List.of("label-content-name-mismatch", "aria-allowed-attr"))
                            .analyze()
                            .getViolations())
                    .isEmpty();
            assertThat(page.locator("summary:visible").first()).hasAccessibleName(Pattern.compile("1 new notice$"));
        }
    }

    @Test
    void the_phone_has_one_menu_for_all() {
        String session = hub.session(hub.person(Role.MEMBER));
        Page page = chromium.page(Chromium.PHONE, ColorScheme.LIGHT, session);
        page.navigate(Chromium.address(ALL_TAGS));
        page.locator(".nav-phone summary").click();
        assertThat(page.locator(".nav-phone a[href='/adapters']")).isVisible();
        assertThat(page.locator(".nav-phone a[href='/upload']")).isVisible();
        assertThat(page.locator(".nav-phone form button")).hasText("Sign out");
        assertThat(page.locator(".nav-phone a[href='/admin']")).hasCount(0);
        assertThat(Chromium.violations(page)).isEmpty();
    }

    @Test
    void tabs_are_one_line_on_a_phone_and_the_current_and_the_focused_one_are_in_sight() {
        String session = hub.session(hub.person(Role.MEMBER));
        Page page = chromium.page(Chromium.PHONE, ColorScheme.LIGHT, session);
        page.navigate(Chromium.address("/settings/tokens"));

        assertThat(page.evaluate("new Set([...document.querySelectorAll('.tab')].map(t => t.offsetTop)).size"))
                .isEqualTo(1);
        // a scroll position is rounded to whole pixels
        assertThat(page.locator(".tab[aria-current]"))
                .isInViewport(new LocatorAssertions.IsInViewportOptions().setRatio(0.98));
        page.locator(".tab").first().focus();
        assertThat(page.locator(".tab").first())
                .isInViewport(new LocatorAssertions.IsInViewportOptions().setRatio(0.98));
    }

    @Test
    void tabs_fade_towards_the_edge_behind_which_there_are_more() {
        String session = hub.session(hub.person(Role.MEMBER));
        Page page = chromium.page(Chromium.PHONE, ColorScheme.LIGHT, session);
        page.navigate(Chromium.address("/settings"));
        assertThat(fading(page, "--more-before")).isFalse();
        assertThat(fading(page, "--more-after")).isTrue();
        // what is in the fading edge can't be read
        double edge = ((Number) page.evaluate("document.querySelector('.tabs').getBoundingClientRect().right - 40"))
                .doubleValue();
        page.locator(".tab").nth(3).focus();
        assertThat(page.locator(".tab").nth(3).boundingBox().x).isLessThan(edge);

        page.evaluate("document.querySelector('.tabs').scrollLeft = 9999");
        page.waitForFunction(
                "() => parseFloat(getComputedStyle(document.querySelector('.tabs')).getPropertyValue('--more-after')) < 1");
        assertThat(fading(page, "--more-before")).isTrue();

        page.setViewportSize(Chromium.DESKTOP, 900);
        page.waitForFunction(
                "() => parseFloat(getComputedStyle(document.querySelector('.tabs')).getPropertyValue('--more-before')) < 1");
        assertThat(fading(page, "--more-after")).isFalse();
    }

    private static boolean fading(Page page, String side) {
        return (boolean) page.evaluate(
                "side => parseFloat(getComputedStyle(document.querySelector('.tabs')).getPropertyValue(side)) >= 1",
                side);
    }

    @Test
    void a_part_that_refreshes_itself_keeps_the_focus_what_was_unfolded_and_what_was_chosen() {
        Page page = chromium.page(Chromium.DESKTOP, ColorScheme.LIGHT);
        AtomicInteger number = new AtomicInteger();
        page.route(
                "**/test/part",
                route -> route.fulfill(new Route.FulfillOptions()
                        .setContentType("text/html")
                        .setBody(part(number.get(), number.get() < 9))));
        page.navigate(Chromium.address(ALL_TAGS));
        page.evaluate(
                "html => { document.querySelector('main').innerHTML = html; htmx.process(document.querySelector('main')); }",
                part(0, true));
        page.locator("#part select").selectOption("b");
        page.locator("#part summary").focus();
        page.keyboard().press("Enter");
        page.locator("#part a").last().focus();

        number.set(4);
        assertThat(page.locator("#part p")).hasText("4");
        assertThat(page.locator("#part a").last()).isFocused();
        assertThat(page.locator("#part details")).hasAttribute("open", "");
        assertThat(page.locator("#part select")).hasValue("b");

        number.set(9);
        assertThat(page.locator("#part p")).hasText("9");
        assertThat(page.locator("#part button")).isFocused();
        assertThat(chromium.complaints()).isEmpty();
    }

    /** As the server renders it; once it is finished, without its links. */
    private static String part(int number, boolean open) {
        return """
                <div id="part"%s><p>%d</p>%s<details><summary>%d checks passed</summary>They did.</details>
                <select aria-label="Rank"><option value="a">8</option><option value="b">16</option></select></div>
                """.formatted(
                        open ? " hx-get=/test/part hx-trigger='every 200ms' hx-swap=outerHTML" : "",
                        number,
                        open
                                ? "<a href=/x>Title</a> <a href=/x>%s</a>".formatted(number < 3 ? "Open" : "Publish")
                                : "<button>Done</button>",
                        number);
    }

    private Page open(int width, ColorScheme colours, String path) {
        Page page = chromium.page(width, colours);
        page.navigate(Chromium.address(path));
        return page;
    }
}
