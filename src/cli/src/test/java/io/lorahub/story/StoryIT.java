package io.lorahub.story;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static io.lorahub.story.Contribution.CONFIG;
import static io.lorahub.story.Contribution.WEIGHTS;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.microsoft.playwright.APIResponse;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.ColorScheme;
import com.microsoft.playwright.options.RequestOptions;
import io.lorahub.demo.DemoHub;
import io.lorahub.engine.learning.Example;
import io.lorahub.testsupport.Checkout;
import io.lorahub.testsupport.browser.Chromium;
import io.lorahub.testsupport.browser.DropZone;
import io.lorahub.testsupport.server.HubProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The main tasks of users, from the first click to the last, in a real browser on the packaged program. */
@Timeout(value = 20, unit = TimeUnit.MINUTES)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class StoryIT {

    @TempDir
    static Path folder;

    private HubProcess hub;
    private Chromium chromium;
    private String url;
    private Member admin;

    @BeforeAll
    void open() throws Exception {
        hub = HubProcess.start(Map.of(), "serve", "--data", folder.resolve("hub"), "--port", 0);
        chromium = Chromium.start();
        url = hub.awaitUrl();
        admin = Member.firstAdmin(chromium, url, hub.awaitFirstAdminLink(), "first");
    }

    @AfterAll
    void close() throws InterruptedException {
        if (chromium != null) chromium.close();
        hub.close();
    }

    @Test
    void an_adapter_is_uploaded_fixed_found_reported_taken_down_appealed_and_restored() throws IOException {
        Member author = Member.register(chromium, url, "author").open("/upload");
        DropZone.drop(
                author.page,
                "my-leet",
                Map.of(CONFIG, Contribution.faultyConfig("leet"), WEIGHTS, Contribution.weights("leet")));
        assertThat(author.page.locator("#checks .badge.is-failed").first()).isVisible();
        DropZone.drop(author.page, "my-leet", Map.of(CONFIG, Contribution.file("leet", CONFIG)));
        author.page.locator("button[value=publish]").waitFor();
        author.page.locator("#f-title").fill("Writes digits for vowels");
        author.page.locator("#f-summary").fill("Changes words.");
        author.page.locator("#f-licence").selectOption("MIT");
        author.page.locator("[name=visibility][value=public]").check();
        author.page.locator("button[value=publish]").click();
        assertThat(author.page.locator(".toast")).containsText("Published author/my-leet 1.0.0.");

        Member reader = Member.register(chromium, url, "reader").open("/adapters");
        reader.page.locator("input[name=publisher][value=author]").check();
        assertThat(reader.page.locator("main")).containsText("my-leet");
        reader.open("/").page.locator("main [name=q]").fill("digits vowels");
        reader.page.keyboard().press("Enter");
        reader.page.locator("main a[href='/author/my-leet']").first().click();
        reader.page.locator("button[name=like]").click();
        assertThat(reader.page.locator("button[name=like]")).hasAttribute("aria-pressed", "true");
        byte[] got = reader.page
                .request()
                .get(url + "/author/my-leet/files/1.0.0/" + WEIGHTS)
                .body();
        assertThat(got).isEqualTo(Contribution.weights("leet"));
        reader.open("/author/my-leet/report")
                .page
                .locator("#f-category")
                .selectOption(new com.microsoft.playwright.options.SelectOption().setIndex(1));
        reader.page.locator("#f-text").fill("It is a copy of demo/leet.");
        reader.button("Send report").click();
        assertThat(reader.page.locator(".toast")).containsText("Reported");

        decide("author/my-leet", "Take down", "It is a copy of demo/leet, without naming it.");
        assertThat(reader.page.request().get(url + "/author/my-leet").status()).isEqualTo(404);

        author.open("/inbox");
        assertThat(author.page.locator("main")).containsText("my-leet");
        author.open("/author/my-leet");
        assertThat(author.page.locator("main")).containsText("without naming it");
        author.link("Appeal").click();
        author.page.locator("#f-text").fill("The card names it now.");
        author.page.locator("main form .btn-primary").click();
        assertThat(author.page.locator(".toast")).containsText("appeal");

        decide("author/my-leet", "Restore", "Named now.");
        assertThat(reader.open("/author/my-leet").page.locator("h1")).containsText("my-leet");
    }

    private void decide(String adapter, String action, String reason) {
        admin.open("/moderation/cases/" + adapter);
        admin.page.locator("textarea[name=reason]").fill(reason);
        admin.button(action).click();
        admin.page.waitForLoadState();
        assertThat(admin.page.locator(".toast")).isVisible();
    }

    @Test
    void adapters_of_others_are_composed_tried_downloaded_and_published() throws Exception {
        Member maker = Member.register(chromium, url, "maker");
        Contribution.publish(maker, "un", "opposite");
        Contribution.publish(maker, "past", "yesterday");

        Member composer = Member.register(chromium, url, "composer");
        for (String adapter : List.of("maker/opposite", "maker/yesterday", "demo/re", "demo/plural", "demo/anti")) {
            composer.open("/" + adapter).button("Add to candidates").click();
            composer.page.waitForLoadState();
        }
        composer.open("/candidates").link("Compose these").click();
        assertThat(composer.page.locator("[data-chosen]")).hasText("5");
        composer.page.locator("#f-title").fill("opposite of the past");
        composer.page.locator("text=Paste rows or load a file").click();
        composer.page
                .locator("#f-pasted")
                .fill(rows(DemoHub.open().task("un-past").fewShot(1)));
        composer.page.locator("button[value=paste]").click();
        composer.page.waitForLoadState();
        List<Example> heldOut = DemoHub.open().task("un-past").heldOut();
        composer.page.locator("#held-out summary").click();
        composer.page.locator("#f-held_out").fill(rows(heldOut));
        composer.page.locator("button[value=start]").click();
        composer.page.waitForURL("**/runs/*");
        composer.link("See the result").click();
        assertThat(composer.page.locator(".verdict")).containsText("held-out");
        String result = composer.here().replaceFirst("[?#].*", "");

        composer.page.locator("#try").fill("lock");
        composer.page.locator("#playground .try button").click();
        assertThat(composer.page.locator("#tried")).containsText("unlocked");

        String run = result.replace("/result", "");
        APIResponse zip = composer.page.request().get(url + run + "/adapter.zip");
        Path downloaded = Files.write(folder.resolve("composed.zip"), zip.body());
        JsonNode shown = new ObjectMapper()
                .readTree(composer.page
                        .request()
                        .get(url + "/api/v1" + run, RequestOptions.create().setHeader("Accept", "application/json"))
                        .body());
        assertThat(evaluated(downloaded, heldOut).path("exact_match").asDouble())
                .isEqualTo(shown.at("/result/composed/held_out/exact_match").asDouble());

        composer.page.locator(".publish button").click();
        composer.page.locator("#f-name").fill("un-past");
        composer.page.locator("main form .btn-primary").last().click();
        composer.page.waitForURL("**/composer/un-past");
        assertThat(composer.page.locator("main")).containsText("maker/opposite");

        decide("maker/opposite", "Take down", "Withdrawn.");
        composer.open("/composer/un-past");
        assertThat(composer.page.locator("main")).containsText("A part of this was taken down.");
    }

    @Test
    void somebody_without_an_account_gets_to_the_result_of_their_own_task_with_four_clicks_and_the_typing() {
        Member visitor = Member.anonymous(chromium, url, Chromium.DESKTOP, ColorScheme.LIGHT);
        Page page = visitor.page;
        page.addInitScript("addEventListener('pointerdown', () =>"
                + " sessionStorage.clicks = Number(sessionStorage.clicks ?? 0) + 1, true)");
        visitor.open("/").link("Compose for your own task").click();
        assertThat(page.locator("main")).containsText("You don’t need an account for a small task.");
        page.getByLabel("Input 1").focus();
        for (Example example : DemoHub.open().task("re-past").fewShot(1)) {
            page.keyboard().type(example.input());
            page.keyboard().press("Enter");
            page.keyboard().type(example.output());
            page.keyboard().press("Enter");
        }
        visitor.button("Suggest for my examples").click();
        assertThat(page.locator("[name=candidate][value='demo/re']")).isChecked();
        visitor.button("Start composing").click();
        page.waitForURL("**/runs/*");
        visitor.link("See the result").click();
        assertThat(page.locator(".verdict")).isVisible();

        assertThat(((Number) page.evaluate("Number(sessionStorage.clicks)")).intValue())
                .as("from the start page to the result")
                .isLessThanOrEqualTo(4);
        page.locator("#try").fill("lock");
        page.locator("#playground .try button").click();
        assertThat(page.locator("#tried dd").first()).isVisible();
        String result = visitor.here().replaceFirst("[?#].*", "");
        assertThat(Member.anonymous(chromium, url, Chromium.DESKTOP, ColorScheme.LIGHT)
                        .page
                        .request()
                        .get(url + result)
                        .status())
                .isEqualTo(404);

        visitor.open(result).link("Create an account").click();
        page.locator("main [name=name]").fill("came-to-stay");
        page.locator("main [name=password]").fill(Member.PASSWORD);
        page.locator("main [name=again]").fill(Member.PASSWORD);
        visitor.button("Create account").click();
        page.waitForURL("**" + result);
        assertThat(page.locator(".title-line")).containsText("by came-to-stay");
        assertThat(page.locator("main")).not().containsText("in this browser");
    }

    private static String rows(List<Example> examples) {
        return examples.stream().map(e -> e.input() + "\t" + e.output()).collect(Collectors.joining("\n"));
    }

    private static JsonNode evaluated(Path zip, List<Example> examples) throws Exception {
        Path file = folder.resolve("held-out.jsonl");
        ObjectMapper json = new ObjectMapper();
        Files.write(
                file,
                examples.stream()
                        .map(e -> json.createObjectNode()
                                .put("input", e.input())
                                .put("output", e.output())
                                .toString())
                        .toList());
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Dai.djl.offline=true",
                        "-jar",
                        Checkout.path("target/quarkus-app/quarkus-run.jar").toString(),
                        "evaluate",
                        "--base",
                        DemoHub.open().base().toString(),
                        "--adapters",
                        zip.toString(),
                        "--examples",
                        file.toString(),
                        "--json")
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        byte[] out = process.getInputStream().readAllBytes();
        assertThat(process.waitFor()).isZero();
        return json.readTree(out);
    }
}
