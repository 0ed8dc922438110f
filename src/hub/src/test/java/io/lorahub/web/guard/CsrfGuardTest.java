package io.lorahub.web.guard;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;

import io.lorahub.testsupport.PostgresResource;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.RestAssured;
import io.restassured.specification.RequestSpecification;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Requests as an attacker's page makes a browser send them, and as browsers and programs send their own. */
@QuarkusTest
@QuarkusTestResource(PostgresResource.class)
class CsrfGuardTest {

    private static final int REFUSED = 403;
    private static final int DONE = 303;

    @ParameterizedTest
    @CsvSource({"same-origin,303", "none,303", "same-site,403", "cross-site,403", "anything,403", "'',403"})
    void the_browsers_word_decides(String site, int status) {
        assertThat(post(Map.of("Sec-Fetch-Site", site, "Cookie", "lorahub_session=x")))
                .isEqualTo(status);
    }

    @Test
    void the_browsers_word_counts_more_than_the_origin() {
        assertThat(post(Map.of("Sec-Fetch-Site", "cross-site", "Origin", here())))
                .isEqualTo(REFUSED);
    }

    @Test
    void an_origin_like_ours_is_enough() {
        assertThat(post(Map.of("Origin", here(), "Cookie", "lorahub_session=x")))
                .isEqualTo(DONE);
        assertThat(post(Map.of("Origin", here().toUpperCase()))).isEqualTo(DONE);
    }

    /** Names in container networks may have one, with which a URI has no host for Java. */
    @Test
    void a_host_with_an_underscore_is_compared_too() {
        assertThat(post(Map.of("Host", "lora_hub:8080", "Origin", "http://lora_hub:8080")))
                .isEqualTo(DONE);
        assertThat(post(Map.of("Host", "lora_hub", "Origin", "http://lora_hub:80")))
                .isEqualTo(DONE);
        assertThat(post(Map.of("Host", "lora_hub:8080", "Origin", "http://other_hub:8080")))
                .isEqualTo(REFUSED);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "null",
                "http://evil.example",
                "http://localhost",
                "http://localhost:1",
                "http://localhost.evil.example",
                "https://evil.example/http://localhost",
                "file://",
                "not an origin",
                ""
            })
    void another_origin_is_refused(String origin) {
        assertThat(post(Map.of("Origin", origin))).isEqualTo(REFUSED);
        assertThat(post(Map.of("Origin", origin, "Authorization", "Bearer x"))).isEqualTo(REFUSED);
    }

    @Test
    void a_program_has_no_cookie_or_sends_a_token() {
        assertThat(post(Map.of())).isEqualTo(DONE);
        assertThat(post(Map.of("Cookie", "lorahub_theme=dark"))).isEqualTo(DONE);
        assertThat(post(Map.of("Cookie", "lorahub_session=x"))).isEqualTo(REFUSED);
    }

    @ParameterizedTest
    @ValueSource(strings = {"POST", "PUT", "PATCH", "DELETE", "PROPFIND"})
    void every_method_that_may_change_something_is_guarded(String method) {
        given().header("Sec-Fetch-Site", "cross-site")
                .request(method, "/api/v1/anything")
                .then()
                .statusCode(REFUSED)
                .contentType("application/problem+json");
    }

    @Test
    void links_from_other_sites_work() {
        given().header("Sec-Fetch-Site", "cross-site")
                .get("/test/components")
                .then()
                .statusCode(200);
    }

    @Test
    void an_upload_is_refused_before_it_is_read() {
        given().header("Sec-Fetch-Site", "cross-site")
                .multiPart("file", "a.safetensors", new byte[300_000])
                .post("/upload")
                .then()
                .statusCode(REFUSED)
                .contentType("text/html;charset=UTF-8");
    }

    private static int post(Map<String, String> headers) {
        RequestSpecification request =
                given().redirects().follow(false).headers(headers).formParam("theme", "dark");
        return request.post("/theme").statusCode();
    }

    private static String here() {
        return "http://localhost:" + RestAssured.port;
    }
}
