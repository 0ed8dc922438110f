package io.lorahub.browse;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.BoundingBox;
import com.microsoft.playwright.options.ColorScheme;
import io.lorahub.account.Person;
import io.lorahub.account.Role;
import io.lorahub.adapter.Adapter;
import io.lorahub.adapter.Visibility;
import io.lorahub.browse.search.RandomMarket;
import io.lorahub.demo.DemoHub;
import io.lorahub.testsupport.AsBrowser;
import io.lorahub.testsupport.DemoOnHub;
import io.lorahub.testsupport.Hub;
import io.lorahub.testsupport.PostgresResource;
import io.lorahub.testsupport.browser.Chromium;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The pages for finding adapters, in a real browser. */
@QuarkusTest
@QuarkusTestResource(PostgresResource.class)
class BrowseInBrowserTest {

    private final Hub hub;
    private final DemoOnHub demo;
    private final RandomMarket market;

    private Chromium chromium;
    private Person owner;
    private List<String> adapters;

    BrowseInBrowserTest(Hub hub, DemoOnHub demo, RandomMarket market) {
        this.hub = hub;
        this.demo = demo;
        this.market = market;
    }

    @BeforeEach
    void start() throws SQLException {
        chromium = Chromium.start();
        market.fill();
        owner = hub.person(Role.MEMBER);
        adapters = demo.publish(owner, "un", "past", "re");
    }

    @AfterEach
    void stop() {
        chromium.close();
    }

    @Test
    void axe_finds_nothing_in_both_colours_and_widths_and_nothing_sticks_out() {
        Adapter other = hub.adapter(owner, Visibility.PRIVATE);
        String session = hub.session(owner);
        Map<String, String> pages = new LinkedHashMap<>();
        pages.put("home", "/");
        pages.put("browse", "/adapters");
        pages.put("search", "/adapters?q=sentiment&base=google/flan-t5-base&sort=likes");
        pages.put("nothing", "/adapters?q=sentimnet");
        pages.put("publisher", "/" + owner.name);
        pages.put("base-models", "/base-models");
        pages.put("base-model", "/base-models/" + DemoHub.BASE_MODEL);
        pages.put("candidates", "/candidates");
        pages.put("file", "/adapters?q=" + "f".repeat(64));
        for (int width : new int[] {Chromium.DESKTOP, Chromium.PHONE}) {
            Page page = chromium.page(width, ColorScheme.LIGHT, session);
            page.navigate(Chromium.address("/" + adapters.get(0)));
            page.locator("form[action='/candidates/add'] button").click();
            page.navigate(Chromium.address("/adapters"));
            page.locator(".row form button").first().click();
            assertThat(page.locator(".basket h2")).hasText("2 candidates");
            for (Map.Entry<String, String> one : pages.entrySet()) {
                page.navigate(Chromium.address(one.getValue()));
                for (ColorScheme colours : List.of(ColorScheme.LIGHT, ColorScheme.DARK)) {
                    Chromium.show(page, colours);
                    picture(page, one.getKey(), width, colours);
                    assertThat(Chromium.violations(page, colours))
                            .as("%s, %d px, %s", one.getValue(), width, colours)
                            .isEmpty();
                    assertThat(page.locator("html").evaluate("html => html.scrollWidth"))
                            .as(one.getValue())
                            .isEqualTo(width);
                }
            }
            AsBrowser.given(session).post("/candidates/clear").then().statusCode(303);
            page.context().close();
        }
        assertThat(chromium.complaints()).isEmpty();
        assertThat(other.id).isNotNull();
    }

    @Test
    void a_slash_leads_to_the_search_field_which_offers_adapters_and_shows_the_one_that_is_chosen() {
        Page page = chromium.page(Chromium.DESKTOP, ColorScheme.LIGHT);
        page.navigate(Chromium.address("/api"));
        page.keyboard().press("/");
        Locator field = page.locator("#q");
        assertThat(field).isFocused();

        page.keyboard().type(adapters.get(0));
        assertThat(page.locator("#suggestions option").first()).hasAttribute("value", adapters.get(0));

        // as when an entry of the browser's list is clicked
        field.evaluate(
                "field => field.dispatchEvent(new InputEvent('input', { inputType: 'insertReplacementText', bubbles: true }))");
        page.waitForURL("**/" + adapters.get(0));
        assertThat(chromium.complaints()).isEmpty();
    }

    @Test
    void a_candidate_is_added_where_one_stands_and_the_focus_stays() {
        Page page = chromium.page(Chromium.DESKTOP, ColorScheme.LIGHT);
        page.navigate(Chromium.address("/adapters?sort=downloads"));
        Locator button = page.locator(".row").nth(20).locator("button");
        String id = button.getAttribute("id");
        button.focus();
        int before = (int) page.evaluate("() => Math.round(scrollY)");
        assertThat(before).isPositive();
        page.keyboard().press("Enter");
        assertThat(page.locator("#" + id)).hasAttribute("aria-pressed", "true");
        assertThat(page.locator("#" + id)).isFocused();
        assertThat(page.locator(".topbar-in > a[href='/candidates'] .count")).hasText("1");
        assertThat(page.locator(".toast")).hasText("Added 1 candidate.");
        assertThat(page.evaluate("() => Math.round(scrollY)")).isEqualTo(before);
        assertThat(page).hasURL(Chromium.address("/adapters?sort=downloads"));
        page.keyboard().press("Enter");
        assertThat(page.locator(".basket")).hasCount(0);
    }

    @Test
    void the_message_leaves_the_next_button_free_and_nothing_sticks_when_zoomed_in() {
        for (int width : new int[] {Chromium.DESKTOP, Chromium.PHONE}) {
            Page page = chromium.page(width, ColorScheme.LIGHT);
            page.navigate(Chromium.address("/adapters?sort=downloads"));
            page.locator(".row button").first().click();
            BoundingBox button = page.locator(".basket .btn-primary").boundingBox();
            BoundingBox toast = page.locator(".toast").boundingBox();
            assertThat(toast.y + toast.height <= button.y || toast.x + toast.width <= button.x)
                    .as("%d px: %f+%f over %f", width, toast.y, toast.height, button.y)
                    .isTrue();
            page.setViewportSize(width / 2, 450); // as 200 % does
            for (String sticky : List.of(".topbar", ".basket")) {
                assertThat(page.locator(sticky).evaluate("part => getComputedStyle(part).position"))
                        .as(sticky)
                        .isEqualTo("static");
            }
        }
    }

    @Test
    void on_a_phone_many_candidates_cover_little_of_the_list() {
        Page page = chromium.page(Chromium.PHONE, ColorScheme.LIGHT);
        page.navigate(Chromium.address("/adapters?sort=downloads"));
        page.locator("form[action='/candidates/add-found'] button").click();
        assertThat(page.locator(".basket h2")).containsText(" candidates");
        assertThat(page.locator(".basket .btn-primary")).isVisible();
        assertThat(page.locator(".basket").boundingBox().height).isLessThan(100);
        page.locator(".basket h2 a").click();
        assertThat(page).hasURL(Chromium.address("/candidates"));
    }

    @Test
    void on_a_phone_the_example_of_an_adapter_comes_before_its_facts() {
        Page page = chromium.page(Chromium.PHONE, ColorScheme.LIGHT);
        page.navigate(Chromium.address("/" + adapters.get(0)));
        Locator example = page.locator("main .io").first();
        assertThat(example).isVisible();
        assertThat(example.boundingBox().y)
                .isLessThan(page.locator(".facts").first().boundingBox().y);
    }

    /** Styles that a script or the browser set would be copied as attributes, which the content security policy forbids. */
    @Test
    void what_has_a_style_of_its_own_is_replaced_without_a_complaint() {
        Page page = chromium.page(Chromium.DESKTOP, ColorScheme.LIGHT);
        page.navigate(Chromium.address("/adapters?sort=downloads"));
        page.evaluate("() => document.querySelectorAll('[id]').forEach(part => { part.style.scale = 1; })");
        page.locator("form[action='/candidates/add-found'] button").click();
        assertThat(page.locator(".basket h2")).containsText(" candidates");
        assertThat(page.locator(".row button[aria-pressed]").first()).isVisible();
        assertThat(chromium.complaints()).isEmpty();
    }

    @Test
    void no_line_of_a_base_models_snippet_ends_under_its_button() {
        Page page = chromium.page(Chromium.DESKTOP, ColorScheme.LIGHT);
        page.navigate(Chromium.address("/base-models/" + DemoHub.BASE_MODEL));
        page.locator("aside details").evaluateAll("all => all.forEach(one => { one.name = ''; one.open = true; })");
        Locator snippets = page.locator("aside .code pre");
        assertThat(snippets).hasCount(4);
        assertThat((List<?>) snippets.evaluateAll("all => all.map(pre => pre.scrollWidth - pre.clientWidth)"))
                .allSatisfy(excess -> assertThat((int) excess).isZero());
    }

    /** In CSS pixels, after WCAG 2.2, success criterion 2.5.8. */
    @Test
    void facets_are_large_enough_to_touch() {
        Page page = chromium.page(Chromium.DESKTOP, ColorScheme.LIGHT);
        page.navigate(Chromium.address("/adapters"));
        assertThat((List<?>) page.locator(".facet .check")
                        .evaluateAll("boxes => boxes.map(box => Math.floor(box.getBoundingClientRect().height))"))
                .isNotEmpty()
                .allSatisfy(height -> assertThat((int) height).isGreaterThanOrEqualTo(24));
    }

    @Test
    void a_ticked_facet_narrows_the_list_at_once_and_going_back_widens_it() {
        Page page = chromium.page(Chromium.DESKTOP, ColorScheme.LIGHT);
        page.navigate(Chromium.address("/adapters"));
        String all = page.locator("#found").textContent();
        Locator box = page.locator("input[name=licence]").first();
        String id = box.getAttribute("id");
        box.focus();
        page.keyboard().press("Space");
        assertThat(page.locator(".chosen")).hasCount(1);
        assertThat(page.locator("#" + id)).isFocused();
        assertThat(page.locator("#" + id)).isChecked();
        assertThat(page).hasURL(Pattern.compile("/adapters\\?licence=[^&]+$"));
        assertThat(page.locator("#found")).not().hasText(all);
        page.goBack();
        assertThat(page.locator("#found")).hasText(all);
        assertThat(page.locator(".chosen")).hasCount(0);
        assertThat(chromium.complaints()).isEmpty();
    }

    /** To look at them, set the system property {@code lorahub.pictures} to a folder. */
    private static void picture(Page page, String name, int width, ColorScheme colours) {
        String folder = System.getProperty("lorahub.pictures");
        if (folder == null) return;
        page.screenshot(new Page.ScreenshotOptions()
                .setFullPage(true)
                .setPath(Path.of(
                        folder,
                        "%s-%d-%s.png".formatted(name, width, colours.name().toLowerCase()))));
    }
}
