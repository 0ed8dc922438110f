package io.lorahub.generation;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.ColorScheme;
import io.lorahub.account.Role;
import io.lorahub.demo.DemoHub;
import io.lorahub.testsupport.AsBrowser;
import io.lorahub.testsupport.DemoOnHub;
import io.lorahub.testsupport.Hub;
import io.lorahub.testsupport.PostgresResource;
import io.lorahub.testsupport.browser.Chromium;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Visitors try adapters, base models and mixes, which a worker writes. */
@QuarkusTest
@QuarkusTestResource(PostgresResource.class)
class TryInBrowserTest {

    private final Hub hub;
    private final DemoOnHub demo;
    private Chromium chromium;
    private Page page;
    private String un;
    private String past;

    TryInBrowserTest(Hub hub, DemoOnHub demo) {
        this.hub = hub;
        this.demo = demo;
    }

    @BeforeEach
    void open() {
        List<String> addresses = demo.publish(hub.person(Role.MEMBER), "un", "past");
        un = addresses.get(0);
        past = addresses.get(1);
        chromium = Chromium.start();
        page = chromium.page(Chromium.DESKTOP, ColorScheme.LIGHT);
    }

    @AfterEach
    void close() {
        chromium.close();
    }

    private void show(String path) {
        page.navigate(Chromium.address(path));
    }

    private Locator answer(String model) {
        return page.locator("[data-model='" + model + "']");
    }

    private Locator run() {
        return page.locator("[data-run]");
    }

    @Test
    void an_adapter_answers_beside_its_base_model() {
        show("/" + un);
        page.getByLabel("Your input").fill("lock");
        page.keyboard().press("Enter");

        assertThat(answer(un)).hasText("unlock");
        assertThat(answer(DemoHub.BASE_MODEL)).not().isEmpty();
        assertThat(run()).hasText("Run");
        assertThat(page.locator("[data-share]")).hasAttribute("href", Pattern.compile("/try\\?model=.*&input=lock"));
        assertThat(chromium.complaints()).isEmpty();
    }

    @Test
    void a_double_click_runs_once() {
        show("/" + un);
        page.getByLabel("Your input").fill("lock");
        run().dblclick();

        assertThat(answer(un)).hasText("unlock");
    }

    @Test
    void a_base_model_answers_alone() {
        show("/base-models/" + DemoHub.BASE_MODEL);
        page.getByLabel("Your input").fill("lock");
        run().click();

        assertThat(page.locator("[data-model]")).hasCount(1);
        assertThat(answer(DemoHub.BASE_MODEL)).not().isEmpty();
    }

    @Test
    void a_mix_is_weighed_with_sliders_and_stays_in_the_address() {
        show("/try?model=%s:0%%2B%s:1&input=lock".formatted(un, past));
        Locator slider = page.getByRole(
                        AriaRole.SLIDER, new Page.GetByRoleOptions().setName(Pattern.compile("un@.*, slider$")))
                .first();
        assertThat(page.locator("[data-model]").last()).hasText("locked");

        slider.fill("1");
        page.getByRole(AriaRole.SPINBUTTON, new Page.GetByRoleOptions().setName(Pattern.compile("^past$")))
                .first()
                .fill("0");

        assertThat(page.locator("[data-model]").last()).hasText("unlock");
        assertThat(page).hasURL(Pattern.compile("un.*%3A1%2B.*past.*%3A0&input=lock"));
        page.reload();
        assertThat(page.getByLabel("Your input")).hasValue("lock");
        assertThat(slider).hasValue("1");
    }

    @Test
    void without_scripts_the_page_comes_back_with_the_answers() {
        String shown = AsBrowser.given()
                .formParam("model", un)
                .formParam("input", "lock")
                .post("/try")
                .then()
                .statusCode(200)
                .extract()
                .asString();

        assertThat(shown).contains(">unlock</dd>").contains("\nlock</textarea>");
    }

    @Test
    void what_cannot_be_tried_is_refused_on_the_page() {
        show("/try?model=nobody/nothing");
        assertThat(page.locator("#try-fault")).containsText("There is no model 'nobody/nothing'");

        String shown = AsBrowser.given()
                .formParam("model", un)
                .formParam("input", "x ".repeat(TryBox.CHARACTERS))
                .post("/try")
                .then()
                .statusCode(422)
                .extract()
                .asString();
        assertThat(shown).contains("Use at most 20,000 characters here.").contains("x x x");
        AsBrowser.given().get("/try?model=%s:1+%s:1".formatted(un, past)).then().statusCode(200);
    }

    @Test
    void the_page_is_in_order_on_all_screens() {
        for (int width : new int[] {Chromium.DESKTOP, Chromium.PHONE}) {
            for (ColorScheme colours : List.of(ColorScheme.LIGHT, ColorScheme.DARK)) {
                Page other = chromium.page(width, colours);
                for (String path : List.of("/try", "/try?model=%s:1%%2B%s:0.5/0.2/0.1".formatted(un, past))) {
                    other.navigate(Chromium.address(path));
                    assertThat(Chromium.violations(other)).isEmpty();
                }
            }
        }
    }
}
