package io.lorahub.story;

import static org.assertj.core.api.Assertions.assertThat;

import com.deque.html.axecore.results.Rule;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.ColorScheme;
import io.lorahub.testsupport.browser.Chromium;
import io.lorahub.testsupport.browser.DropZone;
import io.lorahub.testsupport.server.HubProcess;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every page of a fresh hub in a real browser, at desktop and phone width, light and dark: axe finds nothing serious,
 * nothing overflows, no script fails. With {@code lorahub.screenshots} set to a folder (`./lorahub screenshots`) it
 * also takes their pictures.
 */
@Timeout(value = 30, unit = TimeUnit.MINUTES)
class EveryPageIT {

    private static final Set<String> GRAVE = Set.of("serious", "critical");

    private static final int TALLEST = 4000;

    private final Optional<Path> pictures =
            Optional.ofNullable(System.getProperty("lorahub.screenshots")).map(Path::of);
    private final List<String> faults = new ArrayList<>();

    /** Who sees a page, and its address. */
    private record Look(Member who, String path) {}

    @Test
    void all_pages_are_in_order(@TempDir Path data) throws Exception {
        try (HubProcess hub = HubProcess.start(Map.of(), "serve", "--data", data, "--port", 0);
                Chromium chromium = Chromium.start()) {
            String url = hub.awaitUrl();
            Member admin = Member.firstAdmin(chromium, url, hub.awaitFirstAdminLink(), "lab-a");
            Member visitor = Member.anonymous(chromium, url, Chromium.DESKTOP, ColorScheme.LIGHT);
            Map<String, Look> pages = pages(admin, visitor);
            for (int width : new int[] {Chromium.DESKTOP, Chromium.PHONE}) {
                Map<Member, Member> there = Map.of(
                        admin, admin.at(chromium, width, ColorScheme.LIGHT),
                        visitor, visitor.at(chromium, width, ColorScheme.LIGHT));
                pages.forEach((name, look) -> look(there.get(look.who()), name, look.path(), width));
            }
            assertThat(faults).isEmpty();
            assertThat(chromium.complaints())
                    .filteredOn(c -> !c.contains("404"))
                    .isEmpty();
        }
    }

    private static Map<String, Look> pages(Member admin, Member visitor) throws IOException {
        Map<String, Look> pages = new LinkedHashMap<>();
        visitor.open("/compose/demo").button("Run un-past").click();
        visitor.page.locator("text=See the result").waitFor();
        String tried = visitor.here();
        visitor.open("/demo/un").button("Add to candidates").click();
        List.of(
                        "/",
                        "/adapters",
                        "/adapters?q=past",
                        "/adapters?q=nothing+of+the+kind",
                        "/demo",
                        "/demo/un",
                        "/demo/un/report",
                        "/demo/un/compare",
                        "/base-models",
                        "/base-models/lorahub/demo-base",
                        "/candidates",
                        "/compose/demo",
                        "/runs",
                        tried,
                        tried + "/result",
                        "/signin",
                        "/register",
                        "/status",
                        "/api",
                        "/no/such/page")
                .forEach(path -> pages.put(name(path.replace(tried, "/run")), new Look(visitor, path)));
        admin.open("/compose/demo").button("Run re-past").click();
        admin.page.locator("text=See the result").waitFor();
        String run = admin.here();
        String draft = faultyUpload(admin);
        Contribution.publish(admin, "un", "opposite");
        Contribution.addVersion(admin, "re", "lab-a/opposite", "Trained for twice as many steps.");
        List.of(
                        "/compose",
                        "/runs",
                        run,
                        run + "/result",
                        run + "/log",
                        "/inbox",
                        "/upload",
                        "/uploads",
                        "/imports",
                        draft,
                        draft + "/discard",
                        "/lab-a/opposite",
                        "/lab-a/opposite/edit",
                        "/lab-a/opposite/delete",
                        "/lab-a/opposite/compare",
                        "/settings",
                        "/settings/password",
                        "/settings/second-factor",
                        "/settings/sessions",
                        "/settings/tokens",
                        "/settings/confirm",
                        "/settings/delete",
                        "/moderation",
                        "/moderation/cases/demo/un",
                        "/moderation/members",
                        "/moderation/members/lab-a",
                        "/moderation/audit",
                        "/admin/workers",
                        "/admin/base-models",
                        "/admin/base-models/imports",
                        "/admin/storage",
                        "/admin/settings",
                        "/admin/health")
                .forEach(path ->
                        pages.put(name(path.replace(run, "/own-run").replace(draft, "/draft")), new Look(admin, path)));
        return pages;
    }

    /** The address of an upload whose checks have found something. */
    private static String faultyUpload(Member member) throws IOException {
        member.open("/upload");
        DropZone.drop(
                member.page,
                "my-leet",
                Map.of(
                        Contribution.CONFIG,
                        Contribution.faultyConfig("leet"),
                        Contribution.WEIGHTS,
                        Contribution.weights("leet")));
        member.page.locator("#checks .badge.is-failed").first().waitFor();
        return member.here();
    }

    private static String name(String path) {
        return path.equals("/") ? "home" : path.substring(1).replaceAll("[^a-z0-9-]+", "-");
    }

    /** Loads a page once for both colours, which the style sheet alone changes. */
    private void look(Member member, String name, String path, int width) {
        Page page = member.open(path).page;
        for (ColorScheme colours : List.of(ColorScheme.LIGHT, ColorScheme.DARK)) {
            page.emulateMedia(new Page.EmulateMediaOptions().setColorScheme(colours));
            String place = "%s at %d px, %s".formatted(path, width, colours);
            if (name.startsWith("no-such") == (page.locator(".problem-code").count() == 0)) {
                faults.add(place + ": " + page.title());
                return;
            }
            for (Rule rule : Chromium.violations(page)) {
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
