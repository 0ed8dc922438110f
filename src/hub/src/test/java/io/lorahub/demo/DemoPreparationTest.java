package io.lorahub.demo;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.ColorScheme;
import io.lorahub.account.FreshHub;
import io.lorahub.serve.Serving;
import io.lorahub.testsupport.AsBrowser;
import io.lorahub.testsupport.LockWaits;
import io.lorahub.testsupport.PostgresResource;
import io.lorahub.testsupport.Settings;
import io.lorahub.testsupport.browser.Chromium;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import jakarta.enterprise.event.Event;
import jakarta.persistence.EntityManager;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jsoup.Jsoup;
import org.jsoup.nodes.Document;
import org.junit.jupiter.api.Test;

/** The start page of a new hub that answers already and publishes its demo still. */
@QuarkusTest
@QuarkusTestResource(PostgresResource.class)
@TestProfile(FreshHub.class)
@Settings("lorahub.demo.load=true")
class DemoPreparationTest {

    private final Event<Serving> serving;
    private final EntityManager database;

    DemoPreparationTest(Event<Serving> serving, EntityManager database) {
        this.serving = serving;
        this.database = database;
    }

    /** The test holds the lock under which the demo is published; another test may have published it before. */
    @Test
    void it_says_so_and_fills_by_itself() throws Exception {
        ExecutorService start = Executors.newSingleThreadExecutor();
        try (Chromium chromium = Chromium.start()) {
            Future<?> published;
            Page page;
            QuarkusTransaction.begin(
                    QuarkusTransaction.beginOptions().timeout(300)); // s, for a machine with other work
            try {
                database.createNativeQuery("select pg_advisory_xact_lock(" + DemoHubLoader.LOCK + ")")
                        .getResultList();
                hide(true);
                published = start.submit(() -> serving.fire(new Serving(true)));
                await().atMost(Duration.ofMinutes(2)).until(() -> LockWaits.count() > 0);

                Document html = Jsoup.parse(AsBrowser.given().get("/").asString());
                assertThat(html.select(".hero").text()).contains("Being prepared");
                assertThat(html.select(".empty")).isEmpty();
                assertThat(html.select("noscript").outerHtml()).contains("http-equiv=\"refresh\"");
                page = chromium.page(Chromium.DESKTOP, ColorScheme.LIGHT);
                page.navigate(Chromium.address("/"));
                assertThat(page.locator(".hero")).containsText("Being prepared");
                page.evaluate("() => { window.stays = true; }");
            } finally {
                hide(false);
                QuarkusTransaction.commit();
            }
            published.get();

            assertThat(page.locator(".hero form[action='/compose/demo'] button"))
                    .hasText("Try it: un-past");
            assertThat(page.locator(".cards .card").first()).isVisible();
            assertThat(page.evaluate("() => window.stays")).isEqualTo(true);
            assertThat(chromium.complaints()).isEmpty();
            Document html = Jsoup.parse(AsBrowser.given().get("/").asString());
            assertThat(html.select("[http-equiv=refresh], [hx-trigger]")).isEmpty();
        } finally {
            start.shutdownNow();
        }
    }

    /** Makes a demo that another test published look as if it weren't there. */
    private void hide(boolean hidden) {
        String from = hidden ? "" : "hidden-";
        String to = hidden ? "hidden-" : "";
        QuarkusTransaction.requiringNew().run(() -> {
            rename("publisher", from + DemoHubLoader.PUBLISHER, to + DemoHubLoader.PUBLISHER);
            rename("base_model", from + DemoHub.BASE_MODEL, to + DemoHub.BASE_MODEL);
        });
    }

    private void rename(String table, String from, String to) {
        database.createNativeQuery("update " + table + " set name = :to where name = :from")
                .setParameter("from", from)
                .setParameter("to", to)
                .executeUpdate();
    }
}
