package io.lorahub.web;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;

import io.lorahub.testsupport.PostgresResource;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.io.IOException;
import org.jsoup.Jsoup;
import org.jsoup.nodes.Document;
import org.jsoup.nodes.Element;
import org.junit.jupiter.api.Test;

@QuarkusTest
@QuarkusTestResource(PostgresResource.class)
class LayoutTest {

    @Test
    void a_field_carries_its_label_hint_and_error() {
        Document page = components();
        Element title = page.getElementById("f-title");
        assertThat(title.val()).isEqualTo("<b>\"bold\" & more");
        assertThat(title.attr("maxlength")).isEqualTo("100");
        assertThat(title.attr("aria-describedby")).isEqualTo("f-title-hint");
        assertThat(title.hasAttr("aria-invalid")).isFalse();
        Element licence = page.getElementById("f-licence");
        assertThat(licence.attr("aria-describedby")).isEqualTo("f-licence-error f-licence-hint");
        assertThat(page.getElementById("f-licence-error").text())
                .isEqualTo("The licence <b>WTF</b> is none of SPDX's.");
        assertThat(page.select("label[for=f-licence]").text()).isEqualTo("Licence");
        assertThat(page.getElementById("f-about").val()).isEqualTo("first line");
        assertThat(page.select("[autofocus]").eachAttr("id")).containsExactly("f-password");
    }

    @Test
    void the_page_holds_no_inline_style_or_script() {
        Document page = components();
        assertThat(page.select("[style], style")).isEmpty();
        assertThat(page.select("script:not([src])")).isEmpty();
        assertThat(page.getAllElements().stream()
                        .flatMap(element -> element.attributes().asList().stream())
                        .filter(attribute -> attribute.getKey().startsWith("on")))
                .isEmpty();
    }

    @Test
    void every_asset_of_the_page_is_there_and_may_be_kept_for_ever() {
        Document page = components();
        for (Element asset : page.select("link[href], script[src]")) {
            String address = asset.hasAttr("src") ? asset.attr("src") : asset.attr("href");
            given().urlEncodingEnabled(false)
                    .get(address)
                    .then()
                    .statusCode(200)
                    .header("Cache-Control", "public, immutable, max-age=31536000");
        }
    }

    @Test
    void every_icon_has_a_shape() throws IOException {
        assertThat(components().select(".tag svg:not(:has(*))")).isEmpty();
        assertThat(ComponentsPage.icons()).isSorted().contains("check", "upload", "warning");
    }

    @Test
    void the_chosen_colours_come_with_the_first_byte() {
        String cookie = given().redirects()
                .follow(false)
                .header("Origin", origin())
                .formParam("theme", "dark")
                .formParam("back", "/test/components?x=1")
                .post("/theme")
                .then()
                .statusCode(303)
                .extract()
                .cookie("lorahub_theme");
        assertThat(cookie).isEqualTo("dark");
        Document page = Jsoup.parse(
                given().cookie("lorahub_theme", cookie).get("/test/components").asString());
        assertThat(page.child(0).attr("data-theme")).isEqualTo("dark");
        assertThat(page.select(".theme [aria-pressed=true]").text()).isEqualTo("Dark");
    }

    @Test
    void a_toast_is_shown_once_and_escaped() {
        var answer = given().cookie("lorahub_toast", "Published+%3Cb%3Eun%3C%2Fb%3E.")
                .get("/test/components");
        Document page = Jsoup.parse(answer.asString());
        assertThat(page.select(".toast").text()).isEqualTo("Published <b>un</b>.");
        assertThat(answer.header("Set-Cookie")).startsWith("lorahub_toast=;").contains("Max-Age=0");
        assertThat(components().select(".toast")).isEmpty();
    }

    private static String origin() {
        return "http://localhost:" + io.restassured.RestAssured.port;
    }

    private static Document components() {
        return Jsoup.parse(
                given().get("/test/components").then().statusCode(200).extract().asString());
    }
}
