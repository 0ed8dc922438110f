package io.lorahub.upload.page;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static io.lorahub.testsupport.AdapterFiles.CONFIG;
import static io.lorahub.testsupport.AdapterFiles.WEIGHTS;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.ColorScheme;
import io.lorahub.account.AccessToken.Scope;
import io.lorahub.account.Person;
import io.lorahub.account.Role;
import io.lorahub.demo.DemoHub;
import io.lorahub.testsupport.AdapterFiles;
import io.lorahub.testsupport.DemoOnHub;
import io.lorahub.testsupport.Hub;
import io.lorahub.testsupport.PostgresResource;
import io.lorahub.testsupport.WithUploadChecks;
import io.lorahub.testsupport.browser.Chromium;
import io.lorahub.testsupport.browser.DropZone;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.RestAssured;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Uploading in a real browser: files are dropped, corrected, described and published. */
@QuarkusTest
@WithUploadChecks
@QuarkusTestResource(PostgresResource.class)
class UploadInBrowserTest {

    private final Hub hub;
    private final DemoOnHub demo;

    @TempDir
    Path dir;

    private Chromium chromium;
    private Person person;
    private Page page;

    UploadInBrowserTest(Hub hub, DemoOnHub demo) {
        this.hub = hub;
        this.demo = demo;
    }

    @BeforeEach
    void signIn() {
        chromium = Chromium.start();
        person = hub.person(Role.MEMBER);
        demo.publish(person);
        page = chromium.page(Chromium.DESKTOP, ColorScheme.LIGHT, hub.session(person));
        page.navigate(Chromium.address("/upload"));
    }

    @AfterEach
    void stop() {
        chromium.close();
    }

    @Test
    void a_dropped_folder_is_fixed_described_and_published_byte_for_byte() throws Exception {
        AdapterFiles files = demoAdapter("leet").unique();
        byte[] soundConfig = files.get(CONFIG);
        drop("my-leet", files.replacing("\"r\": 8", "\"r\": 16").map());
        assertThat(page.locator("#checks .badge.is-failed").first()).isVisible();
        assertThat(page.locator("#checks")).containsText("Fix:");
        assertThat(page.locator("[aria-describedby=why]")).hasAttribute("aria-disabled", "true");
        accessible();

        page.locator("#f-title").fill("Writes leet");
        files.with(CONFIG, new String(soundConfig, StandardCharsets.UTF_8));
        drop("my-leet", Map.of(CONFIG, soundConfig));
        Locator publish = page.locator("button[value=publish]");
        assertThat(publish).isVisible();
        assertThat(page.locator("#f-title")).hasValue("Writes leet");
        assertThat(page.locator("#f-name")).hasValue("my-leet");
        publish.click();
        assertThat(page.locator("#f-licence-error")).isVisible();
        assertThat(page.locator("#f-licence")).isFocused();

        page.locator("#f-licence").selectOption("MIT");
        page.locator("#f-description").fill("Writes *numbers* for letters.");
        assertThat(page.locator("#preview")).isHidden();
        page.locator("button[value=preview]").click();
        assertThat(page.locator("#preview em")).hasText("numbers");
        page.locator("button[value=publish]").click();

        assertThat(page.locator("h1")).containsText("my-leet");
        assertThat(page.locator(".toast")).containsText("Published " + person.name + "/my-leet 1.0.0.");
        String token = hub.token(person, Scope.READ);
        for (String file : List.of(CONFIG, WEIGHTS)) {
            byte[] got = RestAssured.given()
                    .auth()
                    .oauth2(token)
                    .get("/%s/my-leet/files/1.0.0/%s".formatted(person.name, file))
                    .asByteArray();
            assertThat(got).isEqualTo(files.get(file));
        }
        assertThat(chromium.complaints()).allMatch(line -> line.contains("status of 422")); // the refused card
    }

    @Test
    void an_administrator_sends_a_base_model_in_parts_too() throws Exception {
        String name = "browser/" + UUID.randomUUID();
        Page admin = chromium.page(Chromium.DESKTOP, ColorScheme.LIGHT, hub.session(hub.person(Role.ADMIN)));
        List<String> methods = new CopyOnWriteArrayList<>();
        admin.onRequest(request -> methods.add(request.method()));
        admin.navigate(Chromium.address("/admin/base-models"));
        admin.locator("#f-upload-name").fill(name);
        try (Stream<Path> files = Files.list(DemoHub.open().base())) {
            admin.locator("#f-files").setInputFiles(files.toArray(Path[]::new));
        }

        admin.locator("button:has-text('Upload, check and register')").click();

        assertThat(admin).hasURL(Chromium.address("/base-models/" + name));
        assertThat(admin.locator("#facts")).containsText("Check");
        assertThat(methods).contains("PATCH");
        assertThat(chromium.complaints()).isEmpty();
    }

    @Test
    void several_adapters_of_one_drop_become_uploads_of_their_own() {
        Map<String, byte[]> all = new TreeMap<>();
        for (String name : List.of("plural", "quote")) {
            demoAdapter(name).map().forEach((file, content) -> all.put(name + "/" + file, content));
        }
        drop("adapters", all);
        assertThat(page).hasURL(Chromium.address("/uploads"));
        assertThat(page.locator(".entry-title")).containsText(new String[] {"", ""});
        assertThat(page.locator(".entries")).containsText("plural");
        assertThat(page.locator(".entries")).containsText("quote");
        accessible();
    }

    @Test
    void of_several_in_one_drop_the_sound_ones_can_be_opened_when_one_is_bad() {
        Map<String, byte[]> all = new TreeMap<>();
        demoAdapter("plural").map().forEach((file, content) -> all.put("plural/" + file, content));
        all.put("broken.zip", "This is no zip.".getBytes(StandardCharsets.UTF_8));
        drop("adapters", all);

        Locator sound = head("plural");
        assertThat(sound).containsText("All files received");
        assertThat(sound.locator("[data-cancel]")).hasCount(0);
        assertThat(page.locator(".toast.is-danger")).containsText("zip");
        Locator bad = page.locator(".file.is-head:has([data-cancel])");
        assertThat(bad).hasCount(1);
        accessible();

        sound.getByText("Open").click();
        assertThat(page.locator("button[value=publish]")).isVisible();
    }

    private Locator head(String name) {
        return page.locator(".file.is-head", new Page.LocatorOptions().setHasText(name));
    }

    @Test
    void one_of_several_that_is_corrected_stays_on_its_own_page() {
        Map<String, byte[]> all = new TreeMap<>();
        AdapterFiles sound = demoAdapter("quote");
        demoAdapter("plural").map().forEach((file, content) -> all.put("plural/" + file, content));
        demoAdapter("quote")
                .replacing("\"r\": 8", "\"r\": 16")
                .map()
                .forEach((file, content) -> all.put("quote/" + file, content));
        drop("adapters", all);
        assertThat(page).hasURL(Chromium.address("/uploads"));
        page.locator(".entry", new Page.LocatorOptions().setHasText("quote"))
                .getByRole(AriaRole.LINK)
                .first()
                .click();
        assertThat(page.locator("#checks .badge.is-failed").first()).isVisible();
        String upload = page.url();

        drop("quote", Map.of(CONFIG, sound.get(CONFIG)));

        assertThat(page.locator("button[value=publish]")).isVisible();
        assertThat(page).hasURL(upload);
    }

    @Test
    void after_the_page_was_left_only_what_is_missing_is_sent() {
        AdapterFiles reverse = demoAdapter("reverse");
        List<String> sent = new java.util.ArrayList<>();
        page.route("**/files/" + WEIGHTS, route -> route.abort());
        drop("reverse", reverse.map());
        assertThat(page.locator("[data-words]")).containsText("trying again");
        page.unrouteAll();
        page.onDialog(dialog -> dialog.accept());
        page.navigate(Chromium.address("/upload"));
        assertThat(page.locator(".entry")).containsText("reverse");
        accessible();

        page.onRequest(request -> {
            if (request.method().equals("PATCH")) sent.add(request.url());
        });
        drop("reverse", reverse.map());

        assertThat(page.locator("button[value=publish]")).isVisible();
        assertThat(sent).hasSize(1).first().asString().endsWith(WEIGHTS);
    }

    @Test
    void a_broken_connection_is_survived_and_a_cancelled_upload_is_gone() {
        boolean[] broken = {false};
        page.route("**/files/" + WEIGHTS, route -> {
            if (broken[0] || !route.request().method().equals("PATCH")) route.resume();
            else {
                broken[0] = true;
                route.abort();
            }
        });
        drop("superlative", demoAdapter("superlative").map());
        assertThat(page.locator("button[value=publish]")).isVisible();

        page.unrouteAll();
        page.navigate(Chromium.address("/upload"));
        page.route("**/files/" + WEIGHTS, route -> route.abort());
        drop("the", demoAdapter("the").map());
        page.locator("[data-cancel]").click();
        assertThat(page.locator("[data-words]")).containsText("Cancelled");
        assertThat(page.locator("[data-words]")).isFocused();
        page.navigate(Chromium.address("/uploads"));
        assertThat(page.locator(".entries")).not().containsText("the/");
        assertThat(page.locator(".entry")).hasCount(1);
    }

    @Test
    void after_a_cancel_on_its_own_page_an_upload_is_not_shown_any_more() {
        page.route("**/files/" + WEIGHTS, route -> route.abort());
        page.onDialog(dialog -> dialog.accept());
        AdapterFiles last = demoAdapter("last");
        drop("last", last.map());
        assertThat(page.locator("[data-words]")).containsText("trying again");
        page.navigate(Chromium.address("/uploads"));
        page.locator(".entry").getByRole(AriaRole.LINK).first().click();
        page.waitForURL("**/uploads/*"); // and for its script, which takes what is dropped
        drop("last", last.map());

        page.locator("[data-cancel]").click();
        assertThat(page).hasURL(Chromium.address("/uploads"));
        assertThat(page.locator(".entry")).hasCount(0);
    }

    @Test
    void a_cancel_while_files_are_replaced_keeps_the_card() {
        drop("plural", demoAdapter("plural").map());
        page.waitForURL("**/uploads/*-*");
        assertThat(page.locator("button[value=publish]")).isVisible();
        page.locator("#f-summary").fill("Typed by hand.");
        page.route("**/files/" + WEIGHTS, route -> route.abort());
        page.onDialog(dialog -> dialog.accept());
        drop("plural", demoAdapter("gerund").map());
        assertThat(page.locator("[data-words]")).containsText("trying again");

        page.locator("[data-cancel]").click();

        assertThat(page.getByText("Files are missing.")).isVisible();
        page.waitForLoadState(); // and for its script, which takes what is dropped
        page.unroute("**/files/" + WEIGHTS);
        drop("plural", demoAdapter("gerund").map());
        assertThat(page.locator("#f-summary")).hasValue("Typed by hand.");
    }

    @Test
    void a_cancelled_upload_whose_files_could_not_be_deleted_says_so() {
        page.route("**/files/" + WEIGHTS, route -> route.abort());
        page.route("**/api/v1/uploads/*", route -> {
            if (route.request().method().equals("DELETE")) route.abort();
            else route.resume();
        });
        drop("first", demoAdapter("first").map());

        page.locator("[data-cancel]").click();
        assertThat(page.locator("[data-words]")).containsText("its files are still there");
    }

    @Test
    void the_pages_are_in_order_on_all_screens() throws Exception {
        drop("un", demoAdapter("un").replacing("\"r\": 8", "\"r\": 16").map());
        assertThat(page.locator("#checks .badge.is-failed").first()).isVisible();
        String upload = page.url().replaceFirst("^https?://[^/]+", "");
        Path pictures = Files.createDirectories(Path.of("target", "pictures"));
        for (int width : new int[] {Chromium.DESKTOP, Chromium.PHONE}) {
            for (ColorScheme colours : List.of(ColorScheme.LIGHT, ColorScheme.DARK)) {
                Page other = chromium.page(width, colours, hub.session(person));
                for (String path : List.of("/upload", "/uploads", upload, upload + "/discard")) {
                    other.navigate(Chromium.address(path));
                    assertThat(Chromium.violations(other))
                            .as("%s, %d px, %s", path, width, colours)
                            .isEmpty();
                    assertThat(other.locator("html").evaluate("html => html.scrollWidth"))
                            .isEqualTo(width);
                    String name = path.replace(upload, "/draft").substring(1).replace('/', '-');
                    other.screenshot(new Page.ScreenshotOptions()
                            .setFullPage(true)
                            .setPath(pictures.resolve("%s-%d-%s.png".formatted(name, width, colours))));
                }
            }
        }
    }

    private void accessible() {
        assertThat(Chromium.violations(page)).isEmpty();
    }

    private static AdapterFiles demoAdapter(String name) {
        return AdapterFiles.of(DemoHub.open().adaptersFolder().resolve(name));
    }

    private void drop(String folder, Map<String, byte[]> files) {
        DropZone.drop(page, folder, files);
    }
}
