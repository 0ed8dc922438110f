package io.lorahub.story;

import com.microsoft.playwright.options.ColorScheme;
import io.lorahub.testsupport.browser.Chromium;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What people without an account see. */
class VisitorPagesIT extends EveryPage {

    @Override
    Member member(Chromium chromium, String url, String firstAdmin) {
        return Member.anonymous(chromium, url, Chromium.DESKTOP, ColorScheme.LIGHT);
    }

    @Override
    Map<String, String> pages(Member visitor) {
        visitor.open("/compose/demo").button("Run un-past").click();
        visitor.page.locator("text=See the result").waitFor();
        String tried = visitor.here();
        visitor.open("/demo/un").button("Add to candidates").click();
        Map<String, String> pages = new LinkedHashMap<>();
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
                        "/compose",
                        "/compose/demo",
                        "/runs",
                        tried,
                        tried + "/result",
                        "/signin",
                        "/register",
                        "/status",
                        "/api",
                        "/no/such/page")
                .forEach(path -> pages.put(name(path.replace(tried, "/run")), path));
        pages.put("visitor-runs", pages.remove("runs")); // a member's page has the same address
        return pages;
    }
}
