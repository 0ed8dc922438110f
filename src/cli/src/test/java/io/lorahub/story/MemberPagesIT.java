package io.lorahub.story;

import io.lorahub.testsupport.browser.Chromium;
import io.lorahub.testsupport.browser.DropZone;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What members, moderators and administrators see. */
class MemberPagesIT extends EveryPage {

    @Override
    Member member(Chromium chromium, String url, String firstAdmin) {
        return Member.firstAdmin(chromium, url, firstAdmin, "lab-a");
    }

    @Override
    Map<String, String> pages(Member admin) throws IOException {
        admin.open("/compose/demo").button("Run re-past").click();
        admin.page.locator("text=See the result").waitFor();
        String run = admin.here();
        String mix = published(admin, run);
        String draft = faultyUpload(admin);
        Contribution.publish(admin, "un", "opposite");
        Contribution.addVersion(admin, "re", "lab-a/opposite", "Trained for twice as many steps.");
        admin.page.evaluate("fetch('/api/repos/create', {method: 'POST', body: JSON.stringify({name: 'files'}),"
                + " headers: {'Content-Type': 'application/json'}})");
        Map<String, String> pages = new LinkedHashMap<>();
        List.of(
                        "/compose",
                        "/runs",
                        run,
                        run + "/result",
                        run + "/publish?name=mix",
                        run + "/log",
                        "/runs?q=re-past",
                        "/runs/compare?run=%1$s&run=%1$s".formatted(run.replace("/runs/", "")),
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
                        mix,
                        "/lab-a",
                        "/lab-a/files",
                        "/lab-a/files/edit",
                        "/lab-a/files/delete",
                        "/settings",
                        "/settings/password",
                        "/settings/second-factor",
                        "/settings/sessions",
                        "/settings/tokens",
                        "/settings/confirm",
                        "/settings/delete",
                        "/moderation",
                        "/moderation/cases/demo/un",
                        "/moderation/cases/lab-a/files",
                        "/moderation/members",
                        "/moderation/members/lab-a",
                        "/moderation/audit",
                        "/admin",
                        "/admin/workers",
                        "/admin/base-models",
                        "/admin/base-models/imports",
                        "/admin/storage",
                        "/admin/settings",
                        "/admin/health")
                .forEach(path -> pages.put(name(path.replace(run, "/own-run").replace(draft, "/draft")), path));
        return pages;
    }

    /** The address of the adapter as which a run's result is published. */
    private static String published(Member member, String run) {
        member.open(run + "/publish?name=mix");
        member.page.locator("main form .btn-primary").last().click();
        member.page.waitForURL("**/lab-a/mix");
        return "/lab-a/mix";
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
}
