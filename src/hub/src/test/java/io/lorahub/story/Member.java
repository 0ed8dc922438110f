package io.lorahub.story;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.ColorScheme;
import io.lorahub.testsupport.browser.Chromium;

/** Someone who uses a hub in their own browser. */
final class Member {

    static final String PASSWORD = "correct horse battery";

    private final String hub;
    private final String name;
    final Page page;

    private Member(Chromium chromium, String hub, String name, int width, ColorScheme colours) {
        this.hub = hub;
        this.name = name;
        this.page = chromium.page(width, colours);
        page.setDefaultTimeout(20_000);
    }

    static Member anonymous(Chromium chromium, String hub, int width, ColorScheme colours) {
        return new Member(chromium, hub, "", width, colours);
    }

    static Member firstAdmin(Chromium chromium, String hub, String link, String name) {
        Member member = new Member(chromium, hub, name, Chromium.DESKTOP, ColorScheme.LIGHT);
        member.page.navigate(link);
        member.signUp();
        return member;
    }

    static Member register(Chromium chromium, String hub, String name) {
        Member member = new Member(chromium, hub, name, Chromium.DESKTOP, ColorScheme.LIGHT);
        member.open("/register").signUp();
        return member;
    }

    private void signUp() {
        page.locator("main [name=name]").fill(name);
        page.locator("main [name=password]").fill(PASSWORD);
        page.locator("main [name=again]").fill(PASSWORD);
        page.locator("main form .btn-primary").click();
        page.waitForURL(url -> !url.contains("/register") && !url.contains("/first-admin"));
    }

    /** The same person at another screen. */
    Member at(Chromium chromium, int width, ColorScheme colours) {
        Member other = new Member(chromium, hub, name, width, colours);
        other.page.context().addCookies(page.context().cookies());
        return other;
    }

    Member open(String path) {
        page.navigate(hub + path);
        return this;
    }

    /** A button by its label. */
    Locator button(String text) {
        return page.locator("main")
                .getByRole(AriaRole.BUTTON, new Locator.GetByRoleOptions().setName(text))
                .first();
    }

    Locator link(String text) {
        return page.locator("main")
                .getByRole(AriaRole.LINK, new Locator.GetByRoleOptions().setName(text))
                .first();
    }

    /** Path and query of the page. */
    String here() {
        return page.url().substring(hub.length());
    }
}
