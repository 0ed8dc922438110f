package io.lorahub.composition.form;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.ColorScheme;
import com.microsoft.playwright.options.FilePayload;
import io.lorahub.account.Role;
import io.lorahub.composition.queue.NobodyWorks;
import io.lorahub.testsupport.DemoOnHub;
import io.lorahub.testsupport.Hub;
import io.lorahub.testsupport.PostgresResource;
import io.lorahub.testsupport.Reference;
import io.lorahub.testsupport.browser.Chromium;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The form that composes, with its script. */
@QuarkusTest
@QuarkusTestResource(PostgresResource.class)
@TestProfile(NobodyWorks.class)
class ComposeInBrowserTest {

    private final Hub hub;
    private final DemoOnHub demo;
    private Chromium chromium;
    private Page page;

    ComposeInBrowserTest(Hub hub, DemoOnHub demo) {
        this.hub = hub;
        this.demo = demo;
    }

    @BeforeEach
    void open() {
        chromium = Chromium.start();
        page = chromium.page(Chromium.DESKTOP, ColorScheme.LIGHT, hub.session(hub.person(Role.MEMBER)));
        page.navigate(Chromium.address("/compose"));
    }

    @AfterEach
    void stop() {
        chromium.close();
    }

    private void paste(String text) {
        page.evaluate("text => navigator.clipboard.writeText(text)", text);
        page.getByLabel("Input 1").focus();
        page.keyboard().press("Control+V");
    }

    @Test
    void a_table_that_is_pasted_into_a_cell_is_read_by_the_rules_of_the_hub() {
        paste("input\toutput\nlock\tunlocked\n\"say \"\"a\"\"\ntwice\"\ta a\n");

        assertThat(page.getByLabel("Input 1")).hasValue("lock");
        assertThat(page.getByLabel("Output 1")).hasValue("unlocked");
        assertThat(page.getByLabel("Input 2")).hasValue("say \"a\"\ntwice");
        assertThat(page.getByLabel("Output 2")).hasValue("a a");
        assertThat(page.locator(".toasts")).containsText("The first row was taken as the header");
        assertThat(chromium.complaints()).isEmpty();
    }

    @Test
    void of_a_faulty_table_the_sound_rows_are_taken_with_the_reason_for_the_others() {
        paste("lock\tunlocked\nfold");

        assertThat(page.getByLabel("Input 1")).hasValue("lock");
        assertThat(page.getByLabel("Output 1")).hasValue("unlocked");
        assertThat(page.locator(".toasts")).containsText("Some rows were left out.");
        assertThat(page.locator(".toasts")).containsText("line 2: a row needs an input and an output");
    }

    @Test
    void text_that_is_not_a_table_stays_in_the_cell_with_the_reason() {
        paste("a\tb\tc");

        assertThat(page.getByLabel("Input 1")).hasValue("a\tb\tc");
        assertThat(page.locator(".toasts")).containsText("3 values instead of two; keep one tab, between them");
    }

    @Test
    void enter_goes_to_the_next_cell_and_presses_buttons() {
        page.getByLabel("Input 1").fill("lock");
        page.keyboard().press("Enter");
        assertThat(page.getByLabel("Output 1")).isFocused();
        page.getByLabel("Input 2").fill("fold");

        page.getByLabel("Remove example 1").press("Enter");

        assertThat(page.getByLabel("Input 1")).hasValue("fold");
    }

    @Test
    void a_file_that_is_too_large_is_not_sent_and_nothing_is_lost() {
        page.getByLabel("Title").fill("typed before");
        page.getByText("Paste rows or load a file").click();
        Locator file = page.locator("#f-file");
        file.setInputFiles(new FilePayload("rows.csv", "text/csv", new byte[1_200_000]));

        assertThat(page.locator(".field.is-wrong")).containsText("This file has 1,200,000 bytes; the limit is 900,000");
        page.locator("[data-start]").click();
        assertThat(file).isFocused();
        assertThat(page.getByLabel("Title")).hasValue("typed before");
        page.getByText("Add as examples").click();
        assertThat(page).hasURL(Chromium.address("/compose"));

        file.setInputFiles(new FilePayload("rows.csv", "text/csv", "lock,unlocked".getBytes()));
        assertThat(page.locator(".field.is-wrong")).hasCount(0);
        page.getByText("Add as examples").click();
        assertThat(page.getByLabel("Output 1")).hasValue("unlocked");
        assertThat(page.getByLabel("Title")).hasValue("typed before");
    }

    @Test
    void what_was_typed_is_there_after_the_page_is_loaded_again() {
        page.waitForResponse(
                answer -> answer.url().endsWith("/compose/draft"),
                () -> page.locator("[name=input]").first().fill("lock"));

        page.reload();

        assertThat(page.locator("[name=input]").first()).hasValue("lock");
    }

    @Test
    void a_budget_that_no_run_may_have_is_a_fault_at_once() {
        Locator budget = page.getByLabel("Budget");
        budget.fill("100000");
        assertThat(page.locator(".field.is-wrong")).containsText("The budget is 1 to 1,000 evaluations.");
        assertThat(page.locator("[data-search]")).hasText("–");

        budget.fill("100");
        assertThat(page.locator(".field.is-wrong")).hasCount(0);
        assertThat(page.locator("[data-search]")).containsText("100 ");
        assertThat(chromium.complaints()).isEmpty();
    }

    @Test
    void what_contradicts_itself_is_said_before_the_start() {
        Locator estimate = page.locator("[data-estimate]");
        page.getByLabel("Input 1").fill("lock");
        page.getByLabel("Output 1").fill("unlocked");
        page.getByLabel("Input 2").fill("lock");
        page.getByLabel("Output 2").fill("locked");
        assertThat(estimate).containsText("Examples 1 and 2 have the same input but different outputs");
        page.getByLabel("Output 2").fill("unlocked");
        assertThat(estimate).not().containsText("have the same input");

        page.locator("#advanced > summary").click();
        page.getByLabel("Points at once").fill("4");
        page.getByLabel("Objective").selectOption("exact-match");
        assertThat(estimate).containsText("Several points at once need the default strategy and the objective loss");
        page.getByLabel("Objective").selectOption("loss");
        assertThat(estimate).not().containsText("Several points at once");
        assertThat(chromium.complaints()).isEmpty();
    }

    @Test
    void the_estimate_follows_base_model_examples_and_prompt_format() {
        demo.publishCausal(hub.person(Role.MEMBER), "estimates/decoder", Reference.path("causal/models/llama"));
        page.reload();
        page.locator("[name=base_model]").selectOption("estimates/decoder");
        page.getByLabel("Input 1").fill("lock");
        page.getByLabel("Output 1").fill("unlocked");
        Locator estimate = page.locator("[data-estimate]");
        // a chat: the template adds its tokens
        assertThat(estimate).containsText(Pattern.compile("for [2-9]\\d tokens of examples and 0 candidates"));
        assertThat(estimate.locator("[data-total]")).containsText("about ");
        assertThat(estimate.locator("[data-memory]")).containsText("about ");

        page.locator("#advanced > summary").click();
        page.locator("input[name=prompt][value=plain]").check();
        assertThat(estimate).containsText(Pattern.compile("for 1?\\d tokens of examples"));
        page.locator("input[name=prompt][value=chat]").check();
        page.getByLabel("System text").fill("Answer in one word. ".repeat(10));
        assertThat(estimate).containsText(Pattern.compile("for \\d{3} tokens of examples"));
        assertThat(chromium.complaints()).isEmpty();
    }
}
