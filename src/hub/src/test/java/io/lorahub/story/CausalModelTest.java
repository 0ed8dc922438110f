package io.lorahub.story;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.assertions.LocatorAssertions;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.ColorScheme;
import io.lorahub.account.Person;
import io.lorahub.account.Role;
import io.lorahub.testsupport.Hub;
import io.lorahub.testsupport.PostgresResource;
import io.lorahub.testsupport.Reference;
import io.lorahub.testsupport.WithUploadChecks;
import io.lorahub.testsupport.browser.Chromium;
import io.lorahub.testsupport.browser.DropZone;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * A decoder-only model from its registration to a published mix, in a real browser. With {@code lorahub.screenshots}
 * set to a folder it takes pictures of the page that composes.
 */
@QuarkusTest
@QuarkusTestResource(PostgresResource.class)
@WithUploadChecks
class CausalModelTest {

    private static final String BASE = "tiny/chat-model";
    private static final LocatorAssertions.ContainsTextOptions CHECKED =
            new LocatorAssertions.ContainsTextOptions().setTimeout(60_000);

    private final Hub hub;
    private final Optional<Path> pictures =
            Optional.ofNullable(System.getProperty("lorahub.screenshots")).map(Path::of);
    private Chromium chromium;

    CausalModelTest(Hub hub) {
        this.hub = hub;
    }

    @BeforeEach
    void start() {
        chromium = Chromium.start();
    }

    @AfterEach
    void stop() {
        chromium.close();
    }

    @Test
    void a_chat_model_is_registered_composed_with_a_system_text_tried_and_published() throws IOException {
        Page admin = chromium.page(Chromium.DESKTOP, ColorScheme.LIGHT, hub.session(hub.person(Role.ADMIN)));
        register(admin);
        Person member = hub.person(Role.MEMBER);
        Page page = chromium.page(Chromium.DESKTOP, ColorScheme.LIGHT, hub.session(member));
        page.setDefaultTimeout(60_000);
        for (String adapter : List.of("a", "b")) {
            upload(page, adapter);
            page.navigate(Chromium.address("/" + member.name + "/chat-" + adapter));
            button(page, "Add to candidates").click();
            page.waitForLoadState();
        }

        page.navigate(Chromium.address("/compose"));
        assertThat(page.locator("[data-chosen]")).hasText("2");
        page.locator("#f-title").fill("One word");
        fill(page, 1, "lock", "unlocked");
        fill(page, 2, "fold", "unfolded");
        page.locator("#advanced > summary").click();
        assertThat(page.locator("[data-preview] mark")).containsText("unlocked<|im_end|>");
        page.locator("[name=prompt][value='']").focus();
        page.keyboard().press("ArrowDown");
        assertThat(page.locator("[name=prompt][value=chat]")).isChecked();
        page.getByLabel("System text").fill("Answer with one word.");
        assertThat(page.locator("[data-preview]")).containsText("<|im_start|>system");
        assertThat(page.locator("[data-preview]")).containsText("Answer with one word.");
        inspect(page, hub.session(member));
        page.locator("#f-budget").fill("8");
        page.locator("#f-max_new_tokens").fill("4");
        page.locator("[data-start]").click();
        page.waitForURL("**/runs/*");

        assertThat(page.locator(".page-head")).containsText("prompt format chat with a system text");
        page.locator("main").getByText("See the result").click();
        assertThat(page.locator(".facts")).containsText("Answer with one word.");
        page.locator("#try").fill("lock");
        page.locator("#playground .try button").click();
        assertThat(page.locator("#tried dt")).containsText(new String[] {"Base model", "alone", "Composed"});

        page.locator(".publish button").click();
        page.locator("#f-name").fill("one-word");
        page.locator("main form .btn-primary").last().click();
        page.waitForURL("**/" + member.name + "/one-word");
        assertThat(page.locator("main")).containsText("Prompt format");
        assertThat(page.locator("main")).containsText("Answer with one word.");
        assertThat(page.locator("main")).containsText("AutoModelForCausalLM");
        assertThat(page.locator("main")).containsText("--lora-modules one-word=./one-word-1.0.0");
        assertThat(chromium.complaints()).isEmpty();
    }

    private static void register(Page admin) {
        admin.setDefaultTimeout(60_000);
        admin.navigate(Chromium.address("/admin/base-models"));
        admin.locator("#f-folder-name").fill(BASE);
        admin.locator("#f-folder").fill(Reference.path("causal/models/llama").toString());
        button(admin, "Check and register").click();
        admin.waitForURL("**/base-models/" + BASE);
        assertThat(admin.locator(".toast")).containsText("The files of %s are being copied.".formatted(BASE));
        // shown without a reload, once the check has ended
        assertThat(admin.locator("#facts")).containsText("“Hello” continues with “", CHECKED);
        assertThat(admin.locator("#facts")).containsText("llama");
        admin.navigate(Chromium.address("/admin/base-models"));
        assertThat(admin.locator("#registrations li:has-text('%s')".formatted(BASE)))
                .containsText("Available");
        assertThat(admin.locator("tr:has-text('%s') td[data-label='Chat template']".formatted(BASE)))
                .hasText("yes");
    }

    private static void upload(Page page, String adapter) throws IOException {
        Path folder = Reference.path("causal/adapters/llama/" + adapter);
        byte[] config = Files.readString(folder.resolve(Contribution.CONFIG))
                .replace("\"base_model_name_or_path\": \"llama\"", "\"base_model_name_or_path\": \"" + BASE + "\"")
                .getBytes(StandardCharsets.UTF_8);
        byte[] weights = Files.readAllBytes(folder.resolve(Contribution.WEIGHTS));
        weights[weights.length - 3] ^= 1; // other tests publish the same adapters
        page.navigate(Chromium.address("/upload"));
        DropZone.drop(page, "chat-" + adapter, Map.of(Contribution.CONFIG, config, Contribution.WEIGHTS, weights));
        page.locator("button[value=publish]").waitFor();
        page.locator("#f-title").fill("Words " + adapter);
        page.locator("#f-summary").fill("Changes words.");
        page.locator("#f-name").fill("chat-" + adapter);
        page.locator("#f-licence").selectOption("MIT");
        page.locator("[name=visibility][value=public]").check();
        page.locator("button[value=publish]").click();
        assertThat(page.locator(".toast")).containsText("Published");
    }

    private static void fill(Page page, int row, String input, String output) {
        page.getByLabel("Input " + row).fill(input);
        page.getByLabel("Output " + row).fill(output);
    }

    private static Locator button(Page page, String text) {
        return page.locator("main")
                .getByRole(AriaRole.BUTTON, new Locator.GetByRoleOptions().setName(text))
                .first();
    }

    /** The form as it was typed, which is kept as a draft, at two widths in both colours. */
    private void inspect(Page typed, String session) {
        button(typed, "Save draft").click();
        typed.waitForLoadState();
        for (int width : new int[] {Chromium.DESKTOP, Chromium.PHONE}) {
            for (ColorScheme colours : List.of(ColorScheme.LIGHT, ColorScheme.DARK)) {
                Page page = chromium.page(width, colours, session);
                page.navigate(Chromium.address("/compose"));
                assertThat(page.locator("[data-preview]")).containsText("Answer with one word.");
                pictures.ifPresent(folder -> page.screenshot(new Page.ScreenshotOptions()
                        .setFullPage(true)
                        .setPath(folder.resolve("prompt-%d-%s.png".formatted(width, colours)))));
                assertThat(Chromium.violations(page))
                        .as("%d px, %s", width, colours)
                        .isEmpty();
                assertThat(page.locator("html").evaluate("html => html.scrollWidth"))
                        .isEqualTo(width);
                page.close();
            }
        }
    }
}
