package io.lorahub.adapter.page;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.ColorScheme;
import io.lorahub.account.Person;
import io.lorahub.account.Role;
import io.lorahub.adapter.Adapter;
import io.lorahub.adapter.Visibility;
import io.lorahub.testsupport.Hub;
import io.lorahub.testsupport.PostgresResource;
import io.lorahub.testsupport.browser.Chromium;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.util.List;
import java.util.UUID;
import org.hibernate.Hibernate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Members' texts without spaces that are longer than a line, or that are written from right to left. */
@QuarkusTest
@QuarkusTestResource(PostgresResource.class)
class LongTextInBrowserTest {

    private static final String WORD = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamte";

    private final Hub hub;

    private Chromium chromium;
    private Adapter adapter;
    private Adapter relative;

    LongTextInBrowserTest(Hub hub) {
        this.hub = hub;
    }

    @BeforeEach
    void publish() {
        chromium = Chromium.start();
        Person owner = hub.person(Role.MEMBER);
        String tag = "tag-" + UUID.randomUUID();
        adapter = longWinded(hub.adapter(owner, Visibility.PUBLIC), tag);
        relative = longWinded(hub.adapter(owner, Visibility.PUBLIC), tag);
    }

    @AfterEach
    void stop() {
        chromium.close();
    }

    @Test
    void nothing_sticks_out_of_the_page() {
        String admin = hub.session(hub.person(Role.ADMIN));
        for (int width : List.of(Chromium.DESKTOP, 640, Chromium.PHONE)) {
            Page page = chromium.page(width, ColorScheme.LIGHT, admin);
            for (String path : List.of(
                    "/" + adapter.address(),
                    "/" + adapter.publisher.name,
                    "/adapters?q=" + "w".repeat(190),
                    "/base-models/" + "w".repeat(100),
                    "/" + adapter.address() + "/delete",
                    "/" + adapter.address() + "/report",
                    "/moderation/cases/" + adapter.address())) {
                page.navigate(Chromium.address(path));
                assertThat((int) page.evaluate("document.documentElement.scrollWidth"))
                        .as("%s at %d px", path, width)
                        .isLessThanOrEqualTo(width);
            }
        }
    }

    @Test
    void a_card_of_it_keeps_its_width() {
        Page page = chromium.page(Chromium.DESKTOP, ColorScheme.LIGHT);
        page.navigate(Chromium.address("/" + relative.address()));

        assertThat(page.locator(".card").count()).isPositive();
        assertThat((boolean) page.evaluate(
                        "[...document.querySelectorAll('.card')].every(card => card.scrollWidth <= card.clientWidth)"))
                .isTrue();
    }

    @Test
    void right_to_left_text_starts_on_the_right() {
        Page page = chromium.page(Chromium.DESKTOP, ColorScheme.LIGHT);
        page.navigate(Chromium.address("/" + adapter.address()));

        double gap = ((Number) page.evaluate("""
                () => {
                  const p = [...document.querySelectorAll('.prose p')].find(one => one.textContent.startsWith('مرحبا'))
                  const text = document.createRange()
                  text.selectNodeContents(p)
                  return p.getBoundingClientRect().right - text.getBoundingClientRect().right
                }""")).doubleValue();
        assertThat(gap).isLessThan(1);
    }

    private static Adapter longWinded(Adapter published, String tag) {
        return QuarkusTransaction.requiringNew().call(() -> {
            Adapter a = Adapter.findById(published.id);
            a.name = "w".repeat(60) + a.id;
            a.title = WORD;
            a.summary = WORD;
            a.description =
                    "مرحبا بالعالم\n\n" + WORD + "\n\n    " + WORD + "\n\n|a|b|\n|-|-|\n|" + WORD + "|" + WORD + "|\n";
            a.exampleInput = "i".repeat(300);
            a.exampleOutput = "o".repeat(300);
            a.trainingData = WORD;
            a.intendedUse = WORD;
            a.tags = List.of(tag, "t".repeat(30));
            a.newest().notes = WORD;
            Hibernate.initialize(a.publisher);
            return a;
        });
    }
}
