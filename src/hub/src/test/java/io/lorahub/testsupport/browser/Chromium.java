package io.lorahub.testsupport.browser;

import com.deque.html.axecore.playwright.AxeBuilder;
import com.deque.html.axecore.results.Rule;
import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.BrowserType;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Playwright;
import com.microsoft.playwright.assertions.PlaywrightAssertions;
import com.microsoft.playwright.options.ColorScheme;
import com.microsoft.playwright.options.Cookie;
import io.lorahub.web.SessionCookie;
import io.restassured.RestAssured;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Assumptions;

/** A real browser, the one that the machine has, in front of the application under test. */
public final class Chromium implements AutoCloseable {

    public static final int DESKTOP = 1280;
    public static final int PHONE = 390;

    public static final int HEIGHT = 900;

    private static final Path PROGRAM = Path.of("/usr/bin/chromium");
    private static final int MILLISECONDS_FOR_AN_ASSERTION = 20_000;

    /** One browser serves all tests of this JVM, because starting one takes longer than most tests with it. */
    private static Browser shared;

    private final Browser browser;
    private final List<BrowserContext> contexts = new ArrayList<>();
    private final List<String> complaints = new ArrayList<>();

    private Chromium(Browser browser) {
        this.browser = browser;
    }

    /** Skips the test where there is no browser. */
    public static Chromium start() {
        Assumptions.assumeTrue(Files.isExecutable(PROGRAM), PROGRAM + " is not here.");
        PlaywrightAssertions.setDefaultAssertionTimeout(MILLISECONDS_FOR_AN_ASSERTION);
        if (shared == null || !shared.isConnected()) shared = launch();
        return new Chromium(shared);
    }

    /** It ends with the JVM, as its driver does, which is a child process. */
    @SuppressWarnings("resource")
    private static Browser launch() {
        return Playwright.create(new Playwright.CreateOptions().setEnv(Map.of("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")))
                .chromium()
                .launch(new BrowserType.LaunchOptions()
                        .setExecutablePath(PROGRAM)
                        .setArgs(List.of("--no-sandbox")));
    }

    public static String address(String path) {
        return "http://localhost:" + RestAssured.port + path;
    }

    /** A page with cookies of its own. */
    public Page page(int width, ColorScheme colours) {
        Page page = context(width, colours).newPage();
        page.onConsoleMessage(message -> {
            if (message.type().equals("error")) complaints.add(message.text());
        });
        page.onPageError(complaints::add);
        return page;
    }

    /** A page with this session. */
    public Page page(int width, ColorScheme colours, String session) {
        Page page = page(width, colours);
        page.context().addCookies(List.of(new Cookie(SessionCookie.NAME, session).setUrl(address("/"))));
        return page;
    }

    /** What pages wrote to the console as errors: broken scripts, what the content security policy forbids. */
    public List<String> complaints() {
        return List.copyOf(complaints);
    }

    /** What axe finds. Pages have no frames, so it need not open another page to put their findings together. */
    public static List<Rule> violations(Page page) {
        return new AxeBuilder(page).setLegacyMode(true).analyze().getViolations();
    }

    /** What axe finds in a page that is shown in light colours first and then in dark ones, which change few rules' results. */
    public static List<Rule> violations(Page page, ColorScheme colours) {
        if (colours == ColorScheme.LIGHT) return violations(page);
        return new AxeBuilder(page)
                .setLegacyMode(true)
                .withRules(List.of("color-contrast", "link-in-text-block"))
                .analyze()
                .getViolations();
    }

    /** Changes the colours of a page that has been loaded, and waits until all have faded over. */
    public static void show(Page page, ColorScheme colours) {
        page.emulateMedia(new Page.EmulateMediaOptions().setColorScheme(colours));
        page.locator("html").evaluate("""
                () => Promise.all(document.getAnimations()
                    .filter(animation => animation.effect.getComputedTiming().endTime < 10000)
                    .map(animation => animation.finished.catch(() => {})))""");
    }

    private BrowserContext context(int width, ColorScheme colours) {
        BrowserContext context = browser.newContext(new Browser.NewContextOptions()
                .setViewportSize(width, HEIGHT)
                .setColorScheme(colours)
                .setPermissions(List.of("clipboard-read", "clipboard-write")));
        contexts.add(context);
        return context;
    }

    /** Closes its pages. */
    @Override
    public void close() {
        contexts.forEach(BrowserContext::close);
    }
}
