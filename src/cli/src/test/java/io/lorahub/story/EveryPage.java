package io.lorahub.story;

import static org.assertj.core.api.Assertions.assertThat;

import com.deque.html.axecore.results.Rule;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.ColorScheme;
import io.lorahub.testsupport.browser.Chromium;
import io.lorahub.testsupport.server.HubProcess;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Pages of a fresh hub in a real browser, at desktop and phone width, light and dark: axe finds nothing serious, nothing
 * overflows, no script fails. With {@code lorahub.screenshots} set to a folder (`./lorahub screenshots`) it also takes
 * their pictures. Each page is loaded once for each width.
 */
@Timeout(value = 30, unit = TimeUnit.MINUTES)
abstract class EveryPage {

    private static final Set<String> GRAVE = Set.of("serious", "critical");

    private static final int TALLEST = 4000;

    private final Optional<Path> pictures =
            Optional.ofNullable(System.getProperty("lorahub.screenshots")).map(Path::of);
    private final List<String> faults = new ArrayList<>();

    @Test
    void all_pages_are_in_order(@TempDir Path data) throws Exception {
        try (HubProcess hub = HubProcess.start(Map.of(), "serve", "--data", data, "--port", 0);
                Chromium chromium = Chromium.start()) {
            String url = hub.awaitUrl();
            Member member = member(chromium, url, hub.awaitFirstAdminLink());
            Map<String, String> pages = pages(member);
            for (int width : new int[] {Chromium.DESKTOP, Chromium.PHONE}) {
                Member there = member.at(chromium, width, ColorScheme.LIGHT);
                pages.forEach((name, path) -> check(there, name, path, width));
                there.page.context().close();
            }
            assertThat(faults).isEmpty();
            assertThat(chromium.complaints())
                    .filteredOn(c -> !c.contains("404"))
                    .isEmpty();
        }
    }

    /** Who sees the pages. */
    abstract Member member(Chromium chromium, String url, String firstAdmin);

    /** Addresses by the names of their pictures, after whatever makes the pages interesting. */
    abstract Map<String, String> pages(Member member) throws IOException;

    static String name(String path) {
        return path.equals("/") ? "home" : path.substring(1).replaceAll("[^a-z0-9-]+", "-");
    }

    /** Loads a page once for both colours, which the style sheet alone changes. */
    private void check(Member member, String name, String path, int width) {
        Page page = member.open(path).page;
        for (ColorScheme colours : List.of(ColorScheme.LIGHT, ColorScheme.DARK)) {
            Chromium.show(page, colours);
            String place = "%s at %d px, %s".formatted(path, width, colours);
            if (name.startsWith("no-such") == (page.locator(".problem-code").count() == 0)) {
                faults.add(place + ": " + page.title());
                return;
            }
            for (Rule rule : Chromium.violations(page, colours)) {
                if (GRAVE.contains(rule.getImpact())) {
                    faults.add("%s: %s: %s"
                            .formatted(
                                    place,
                                    rule.getHelp(),
                                    rule.getNodes().get(0).getTarget()));
                }
            }
            int wide = (int) page.locator("html").evaluate("html => html.scrollWidth");
            if (wide > width) faults.add("%s: is %d px wide".formatted(place, wide));
            pictures.ifPresent(folder -> take(page, folder, name, width, colours));
        }
    }

    private static void take(Page page, Path folder, String name, int width, ColorScheme colours) {
        String file = "%s%s%s.png"
                .formatted(name, width == Chromium.PHONE ? "-phone" : "", colours == ColorScheme.DARK ? "-dark" : "");
        int tall = (int) page.locator("html").evaluate("html => html.scrollHeight");
        page.setViewportSize(width, Math.min(TALLEST, tall));
        page.screenshot(new Page.ScreenshotOptions().setPath(folder.resolve(file)));
        page.setViewportSize(width, Chromium.HEIGHT);
    }
}
