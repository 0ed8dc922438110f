package io.lorahub.composition.result;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.assertions.LocatorAssertions;
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
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The playground of a result, with a worker that answers. */
@QuarkusTest
@QuarkusTestResource(PostgresResource.class)
class PlaygroundInBrowserTest {

    private final Hub hub;
    private final FinishedRuns finished;
    private Chromium chromium;
    private Page page;
    private Locator tried;

    PlaygroundInBrowserTest(Hub hub, FinishedRuns finished) {
        this.hub = hub;
        this.finished = finished;
    }

    @BeforeEach
    void open() {
        chromium = Chromium.start();
        Person member = hub.person(Role.MEMBER);
        CompositionRun run = finished.of(member, 0, "un", "past");
        page = chromium.page(Chromium.DESKTOP, ColorScheme.LIGHT, hub.session(member));
        page.navigate(Chromium.address("/runs/" + run.id + "/result"));
        tried = page.locator("#tried");
    }

    @AfterEach
    void stop() {
        chromium.close();
    }

    @Test
    void an_error_goes_when_a_weight_is_changed_even_to_one_out_of_range() {
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
