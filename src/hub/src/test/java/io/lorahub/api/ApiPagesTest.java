package io.lorahub.api;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.ColorScheme;
import io.lorahub.testsupport.PostgresResource;
import io.lorahub.testsupport.browser.Chromium;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.util.List;
import org.jsoup.Jsoup;
import org.jsoup.nodes.Document;
import org.junit.jupiter.api.Test;

/** The pages that the foot of every page leads to. */
@QuarkusTest
@QuarkusTestResource(PostgresResource.class)
class ApiPagesTest {

    @Test
    void the_api_page_shows_every_operation_of_the_document() {
        Document page =
                Jsoup.parse(given().get("/api").then().statusCode(200).extract().asString());
        List<String> shown = page.select(".api-call > summary").eachText();
        OpenApiDocument.read()
                .operations()
                .forEach(operation -> assertThat(shown)
                        .anyMatch(line -> line.startsWith(
                                operation.method() + " " + operation.path() + " " + operation.summary())));
        assertThat(page.select("nav.api-nav a").eachAttr("href"))
                .allSatisfy(anchor -> assertThat(page.select(anchor)).hasSize(1));
    }

    @Test
    void every_operation_has_a_command_line_without_holes() {
        Document page = Jsoup.parse(given().get("/api").asString());
        assertThat(page.select(".api-call pre[aria-label=Request with curl]").eachText())
                .hasSizeGreaterThan(20)
                .allMatch(line -> line.startsWith("curl "))
                .noneMatch(line -> line.contains("\"$HUB/") && line.split("\"")[1].contains("{"));
    }

    @Test
    void the_status_page_says_that_database_and_store_work() {
        Document page = Jsoup.parse(
                given().get("/status").then().statusCode(200).extract().asString());
        assertThat(page.select("tbody tr").eachText())
                .hasSize(4)
                .contains("Web Up Pages and API answer.", "Database Up It answers.", "Store Up Files can be written.");
    }

    @Test
    void axe_finds_nothing_and_nothing_sticks_out() {
        try (Chromium chromium = Chromium.start()) {
            for (String path : List.of("/api", "/status")) {
                for (int width : new int[] {Chromium.DESKTOP, Chromium.PHONE}) {
                    Page page = chromium.page(width, width == Chromium.PHONE ? ColorScheme.DARK : ColorScheme.LIGHT);
                    page.navigate(Chromium.address(path));
                    page.locator("details.api-call").all().stream()
                            .limit(8)
                            .forEach(call -> call.locator("summary").click());
                    assertThat(Chromium.violations(page))
                            .as("%s, %d px", path, width)
                            .isEmpty();
                    assertThat(page.locator("html").evaluate("html => html.scrollWidth"))
                            .isEqualTo(width);
                    page.close();
                }
            }
            assertThat(chromium.complaints()).isEmpty();
        }
    }
}
