package io.lorahub.composition.result;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Download;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.ColorScheme;
import io.lorahub.account.Person;
import io.lorahub.account.Role;
import io.lorahub.composition.CompositionRun;
import io.lorahub.testsupport.FinishedRuns;
import io.lorahub.testsupport.Hub;
import io.lorahub.testsupport.PostgresResource;
import io.lorahub.testsupport.browser.Chromium;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The page of a result in a real browser. */
@QuarkusTest
@QuarkusTestResource(PostgresResource.class)
class RunResultInBrowserTest {

    private final Hub hub;
    private final FinishedRuns finished;
    private Chromium chromium;
    private Person member;
    private CompositionRun run;

    RunResultInBrowserTest(Hub hub, FinishedRuns finished) {
        this.hub = hub;
        this.finished = finished;
    }

    @BeforeEach
    void start() {
        chromium = Chromium.start();
        member = hub.person(Role.MEMBER);
        run = finished.of(member, 30, "un", "past", "re", "plural");
    }

    @AfterEach
    void stop() {
        chromium.close();
    }

    private Page open(int width, ColorScheme colours) {
        return open(width, colours, "result");
    }

    private Page open(int width, ColorScheme colours, String part) {
        Page page = chromium.page(width, colours, hub.session(member));
        page.navigate(Chromium.address("/runs/" + run.id + "/" + part));
        if (part.equals("result")) page.locator("[data-weights] > summary").click();
        if (part.equals("label")) {
            page.getByLabel("Inputs without outputs").fill("lock\nzzyzx");
            page.getByText("Rank them").click();
            page.locator("#ranked table").waitFor();
        }
        return page;
    }

    @Test
    void axe_finds_nothing_in_both_colours_and_widths_and_nothing_sticks_out() {
        for (int width : new int[] {Chromium.DESKTOP, Chromium.PHONE}) {
            for (String part : List.of("result", "label", "publish?name=un-past")) {
                Page page = open(width, ColorScheme.LIGHT, part);
                for (ColorScheme colours : List.of(ColorScheme.LIGHT, ColorScheme.DARK)) {
                    Chromium.show(page, colours);
                    assertThat(Chromium.violations(page, colours))
                            .as("%s, %d px, %s", part, width, colours)
                            .isEmpty();
                    assertThat(page.locator("html").evaluate("html => html.scrollWidth"))
                            .isEqualTo(width);
                }
                page.close();
            }
        }
        assertThat(chromium.complaints()).isEmpty();
    }

    @Test
    void on_a_phone_the_ranks_of_a_compressed_file_are_shown_whole() {
        Page page = open(Chromium.PHONE, ColorScheme.LIGHT);
        page.locator("#download summary").click();
        assertThat((boolean) page.locator("#rank").evaluate("""
                        select => {
                          const style = getComputedStyle(select);
                          const pen = document.createElement("canvas").getContext("2d");
                          pen.font = style.font;
                          const room = select.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight);
                          return [...select.options].every((rank) => pen.measureText(rank.label.trim()).width <= room);
                        }""")).isTrue();
    }

    @Test
    void an_input_is_answered_on_the_spot_and_a_weight_that_is_moved_is_tried() {
        Page page = open(Chromium.DESKTOP, ColorScheme.LIGHT);
        String address = page.url();

        page.getByLabel("Your input").fill("lock");
        page.getByRole(
                        AriaRole.BUTTON,
                        new Page.GetByRoleOptions().setName("Run").setExact(true))
                .click();
        assertThat(page.locator("#tried dt"))
                .containsText(new String[] {"Base model", "alone", "Composed", "Objective"});

        page.getByRole(AriaRole.SLIDER, new Page.GetByRoleOptions().setName("un, slider"))
                .fill("0.25");
        assertThat(page.getByRole(
                        AriaRole.SPINBUTTON,
                        new Page.GetByRoleOptions().setName("un").setExact(true)))
                .hasValue("0.25");
        assertThat(page.locator("#tried")).containsText("With these weights");
        assertThat(page.locator("#tried")).containsText("the run's:");
        assertThat(page.url()).isEqualTo(address);
        assertThat(chromium.complaints()).isEmpty();
    }

    @Test
    void a_weight_out_of_range_is_said_and_not_tried() {
        Page page = open(Chromium.DESKTOP, ColorScheme.LIGHT);
        Locator number = page.getByRole(
                AriaRole.SPINBUTTON, new Page.GetByRoleOptions().setName("un").setExact(true));

        number.fill("7");
        Locator said = page.locator("[data-slider]:has(input[name^=w][aria-invalid]) [data-outside]");
        assertThat(said).hasText("Use a weight from −1.50 to +1.50.");
        assertThat(said).isVisible();
        assertThat(number).hasAttribute("aria-invalid", "true");
        assertThat(page.getByRole(AriaRole.SLIDER, new Page.GetByRoleOptions().setName("un, slider")))
                .hasValue("1.5");
        assertThat(Chromium.violations(page)).isEmpty();

        number.fill("0.25");
        assertThat(page.locator("[data-outside]:visible")).hasCount(0);
        assertThat(page.locator("#tried")).containsText("the run's:");
    }

    @Test
    void an_input_may_have_several_lines_and_enter_sends_it() {
        Page page = open(Chromium.DESKTOP, ColorScheme.LIGHT);
        page.getByLabel("Your input").fill("lock");

        page.keyboard().press("Shift+Enter");
        page.keyboard().type("fold");
        assertThat(page.getByLabel("Your input")).hasValue("lock\nfold");
        page.keyboard().press("Enter");

        assertThat(page.locator("#tried dt").first()).hasText("Base model");
        assertThat(page.getByLabel("Your input")).hasValue("lock\nfold");
    }

    @Test
    void a_compressed_adapter_is_made_and_downloaded() {
        Page page = open(Chromium.DESKTOP, ColorScheme.LIGHT);
        String expected = page.locator("#rank option[value='4']").textContent();
        page.locator("#download summary").click();
        page.getByLabel("Rank").selectOption("4");
        page.locator("#download .offer", new Page.LocatorOptions().setHasText("compressed"))
                .getByRole(AriaRole.BUTTON)
                .click();

        Download download = page.waitForDownload(
                () -> page.getByRole(AriaRole.LINK, new Page.GetByRoleOptions().setName("Download zip of rank 4"))
                        .click());

        assertThat(download.suggestedFilename()).isEqualTo("un-past-rank-4.zip");
        double made = kilobytes(page.locator("#download .offer", new Page.LocatorOptions().setHasText("Rank 4, "))
                .locator("p", new Locator.LocatorOptions().setHasText("Rank 4, "))
                .last()
                .textContent());
        assertThat(kilobytes(expected)).isCloseTo(made, Percentage.withPercentage(2));
    }

    private static double kilobytes(String text) {
        Matcher size = Pattern.compile("([\\d.]+)\\s*kB").matcher(text);
        assertThat(size.find()).as(text).isTrue();
        return Double.parseDouble(size.group(1));
    }

    @Test
    void the_page_of_a_finished_run_knows_the_best_single_adapter_as_its_result_does() {
        Page page = open(Chromium.DESKTOP, ColorScheme.LIGHT, "");

        assertThat(page.locator(".stat", new Page.LocatorOptions().setHasText("Best single adapter")))
                .containsText("weight 1");
    }
}
