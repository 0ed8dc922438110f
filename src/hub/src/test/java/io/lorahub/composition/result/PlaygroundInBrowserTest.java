package io.lorahub.composition.result;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.assertions.LocatorAssertions;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.ColorScheme;
import io.lorahub.account.Person;
import io.lorahub.account.Role;
import io.lorahub.composition.CompositionRun;
import io.lorahub.testsupport.DemoOnHub;
import io.lorahub.testsupport.FinishedRuns;
import io.lorahub.testsupport.Hub;
import io.lorahub.testsupport.PostgresResource;
import io.lorahub.testsupport.browser.Chromium;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.util.Comparator;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The playground of a result, with a worker that answers. */
@QuarkusTest
@QuarkusTestResource(PostgresResource.class)
class PlaygroundInBrowserTest {

    private final Hub hub;
    private final DemoOnHub demo;
    private final FinishedRuns finished;
    private Chromium chromium;
    private Person member;
    private Page page;
    private Locator tried;

    PlaygroundInBrowserTest(Hub hub, DemoOnHub demo, FinishedRuns finished) {
        this.hub = hub;
        this.demo = demo;
        this.finished = finished;
    }

    @BeforeEach
    void open() {
        chromium = Chromium.start();
        member = hub.person(Role.MEMBER);
    }

    private void show(CompositionRun run, int width) {
        page = chromium.page(width, ColorScheme.LIGHT, hub.session(member));
        page.navigate(Chromium.address("/runs/" + run.id + "/result"));
        tried = page.locator("#tried");
        page.locator("[data-weights] > summary").click();
    }

    private CompositionRun inThirds() {
        return finished.inThirds(
                member,
                demo.publish(
                        hub.person(Role.MEMBER), "un", "past", "re", "plural", "agent", "gerund", "upper", "leet"));
    }

    private Locator slider(String name) {
        return page.getByRole(
                AriaRole.SLIDER,
                new Page.GetByRoleOptions().setName(name + ", slider").setExact(true));
    }

    private Locator number(String name) {
        return page.getByRole(
                AriaRole.SPINBUTTON, new Page.GetByRoleOptions().setName(name).setExact(true));
    }

    @Test
    void the_answer_is_in_view_once_the_button_is_pressed_and_above_all_sliders() {
        CompositionRun run = inThirds();
        for (int width : new int[] {Chromium.PHONE, Chromium.DESKTOP}) {
            show(run, width);
            page.locator("details").evaluateAll("all => all.forEach(details => details.open = true)");
            page.locator("#try").fill("lock");
            page.locator("#playground .try button").evaluate("button => button.scrollIntoView({ block: 'end' })");
            page.locator("#playground .try button").click();
            assertThat(tried).containsText("Base model");

            // a scroll position is rounded to whole pixels
            assertThat(tried).isInViewport(new LocatorAssertions.IsInViewportOptions().setRatio(0.98));
            assertThat(page.locator("#try")).isInViewport();
            double end = tried.boundingBox().y + tried.boundingBox().height;
            assertThat(page.locator("#playground [data-slider] input:visible").all())
                    .as("%d px", width)
                    .hasSizeGreaterThan(48)
                    .allSatisfy(slider -> assertThat(slider.boundingBox().y).isGreaterThan(end));
            page.close();
        }
    }

    @Test
    void weights_that_were_moved_can_be_reset() {
        show(inThirds(), Chromium.DESKTOP);
        page.locator("#playground details").evaluateAll("all => all.forEach(details => details.open = true)");
        Locator numbers = page.locator("#playground [data-slider] input[type=number]");
        String values = "all => all.map(number => number.value).join()";
        Object before = numbers.evaluateAll(values);
        slider("un").focus();
        page.keyboard().press("Home");
        number("past (last)").fill("99");
        assertThat(numbers.evaluateAll(values)).isNotEqualTo(before);

        page.locator("[data-reset]").click();

        assertThat(numbers.evaluateAll(values)).isEqualTo(before);
        assertThat(page.locator("#playground [aria-invalid]")).hasCount(0);
    }

    @Test
    void one_slider_moves_the_thirds_of_its_adapter_and_keeps_their_proportions() {
        CompositionRun run = inThirds();
        String un = run.candidates.get(0).address();
        show(run, Chromium.DESKTOP);
        assertThat(page.locator("#playground fieldset > .sliders > .slider label")
                        .first()
                        .textContent()
                        .strip())
                .isIn("un", "past");
        assertThat(slider("un (first)")).isHidden();

        slider("un").focus();
        page.keyboard().press("Home");
        assertThat(number("un")).hasValue("-1.50");
        page.locator("#playground summary", new Page.LocatorOptions().setHasText("un: "))
                .click();
        List<String> groups = List.of("first", "middle", "last");
        List<Double> learned = groups.stream()
                .map(group -> rounded(
                        run.result.path("layer_weights").path(un).path(group).asDouble()))
                .toList();
        double farthest =
                learned.stream().max(Comparator.comparingDouble(Math::abs)).orElseThrow();
        for (int i = 0; i < 3; i++) {
            String expected = "%.2f".formatted(rounded(-1.5 * learned.get(i) / farthest));
            assertThat(number("un (" + groups.get(i) + ")")).hasValue(expected);
        }
        assertThat(tried).containsText("with these weights");

        number("un").fill("0");
        number("un").fill("1.5");
        assertThat(page.locator("#playground [data-sliders]")
                        .filter(new Locator.FilterOptions().setHas(number("un")))
                        .locator("[data-shown]")
                        .filter(new Locator.FilterOptions().setHasText("+1.50")))
                .not()
                .hasCount(0);

        for (String group : groups) number("un (" + group + ")").fill(group.equals("middle") ? "-0.8" : "0.2");
        assertThat(number("un")).hasValue("-0.80");
        assertThat(slider("un")).hasValue("-0.8");
        assertThat(Chromium.violations(page)).isEmpty();
        assertThat(chromium.complaints()).isEmpty();
    }

    private static double rounded(double weight) {
        return Math.round(100 * weight) / 100.0;
    }

    @Test
    void a_weight_out_of_range_that_was_folded_away_is_unfolded_when_the_button_is_pressed() {
        show(inThirds(), Chromium.DESKTOP);
        Locator fold = page.locator("#playground summary", new Page.LocatorOptions().setHasText("un: "));
        fold.click();
        number("un (last)").fill("7");
        fold.click();
        assertThat(page.locator("#w-2")).isHidden();

        page.locator("#playground .try button").click();

        assertThat(page.locator("#w-2")).isVisible();
        assertThat(page.locator("#w-2")).isFocused();
    }

    @AfterEach
    void stop() {
        chromium.close();
    }

    @Test
    void an_error_goes_when_a_weight_is_changed_even_to_one_out_of_range() {
        show(finished.of(member, 0, "un", "past"), Chromium.DESKTOP);
        page.locator("#try").fill("q".repeat(3000));
        page.locator("#try").press("Enter");
        assertThat(tried.locator("[data-failure]"))
                .containsText(
                        "tokens; the limit is 2,048.", new LocatorAssertions.ContainsTextOptions().setTimeout(30_000));
        assertThat(tried).containsText("The input has ");

        Locator weight = page.locator("[data-slider] input[type=number]").first();
        weight.fill("7");

        assertThat(tried.locator("[data-failure]")).hasCount(0);
        assertThat(page.locator("[data-outside]").first()).containsText("Use a weight from −1.50 to +1.50.");
    }

    @Test
    void what_the_hub_refuses_is_said_until_the_form_is_changed() {
        show(finished.of(member, 0, "un", "past"), Chromium.DESKTOP);
        Locator weight = page.locator("[data-slider] input[type=number]").first();
        weight.fill("7");
        page.locator("form[data-playground]").evaluate("form => form.noValidate = true");
        page.locator("#try").fill("lock");
        page.locator("#try").press("Enter");
        Locator refused = page.locator(".toast[role=alert]");
        assertThat(refused).containsText("A weight must be from");

        weight.fill("1");

        assertThat(refused).hasCount(0);
    }
}
