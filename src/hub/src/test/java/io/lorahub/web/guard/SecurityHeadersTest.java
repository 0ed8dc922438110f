package io.lorahub.web.guard;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;

import io.lorahub.testsupport.PostgresResource;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.http.Headers;
import io.restassured.response.Response;
import java.net.URI;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@QuarkusTest
@QuarkusTestResource(PostgresResource.class)
class SecurityHeadersTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/test/components",
                "/test/trouble/anything",
                "/nothing/at/this/address",
                "/api/test/trouble/not-found",
                "/static/lorahub.css",
                "/q/health/live"
            })
    void every_answer_carries_them_once(String path) {
        Headers headers = given().get(path).headers();
        assertThat(headers.getValues("Content-Security-Policy"))
                .singleElement()
                .asString()
                .startsWith("default-src 'none'; script-src 'self'; style-src 'self'; ")
                .contains("frame-ancestors 'none'", "base-uri 'none'", "form-action 'self';")
                .doesNotContain("unsafe");
        assertThat(headers.getValues("X-Content-Type-Options")).containsExactly("nosniff");
        assertThat(headers.getValues("Referrer-Policy")).containsExactly("same-origin");
        assertThat(headers.hasHeaderWithName("Permissions-Policy")).isTrue();
        assertThat(headers.getValues("Cross-Origin-Opener-Policy")).containsExactly("same-origin");
        assertThat(headers.hasHeaderWithName("Strict-Transport-Security")).isFalse();
    }

    @Test
    void browsers_keep_to_https_where_the_hub_has_it() {
        assertThat(SecurityHeaders.of(List.of(), Optional.of(URI.create("https://hub.example"))))
                .containsEntry("Strict-Transport-Security", "max-age=31536000");
        assertThat(SecurityHeaders.of(List.of(), Optional.of(URI.create("http://hub.example"))))
                .doesNotContainKey("Strict-Transport-Security");
    }

    @Test
    void forms_may_lead_to_the_provider_that_is_named() {
        assertThat(SecurityHeaders.of(List.of(URI.create("https://id.example")), Optional.empty()))
                .hasEntrySatisfying(
                        "Content-Security-Policy",
                        policy -> assertThat(policy).contains("form-action 'self' https://id.example;"));
    }

    @Test
    void a_page_is_kept_by_nobody_between() {
        assertThat(given().get("/test/components").header("Cache-Control")).isEqualTo("private, no-cache");
        assertThat(given().get("/test/trouble/not-found").header("Cache-Control"))
                .isEqualTo("no-store");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/test/components", "/static/lorahub.css", "/static/lorahub.js"})
    void text_is_sent_compressed(String path) {
        Response answer = given().header("Accept-Encoding", "gzip").get(path);
        assertThat(answer.header("Content-Encoding")).isEqualTo("gzip");
    }
}
