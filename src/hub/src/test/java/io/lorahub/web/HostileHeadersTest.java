package io.lorahub.web;

import static org.assertj.core.api.Assertions.assertThat;

import io.lorahub.account.Person;
import io.lorahub.account.Role;
import io.lorahub.adapter.Adapter;
import io.lorahub.adapter.Visibility;
import io.lorahub.testsupport.AsBrowser;
import io.lorahub.testsupport.Hub;
import io.lorahub.testsupport.PostgresResource;
import io.lorahub.testsupport.hostile.HostileText;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.Response;
import io.restassured.specification.RequestSpecification;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Malicious cookies and headers. */
@QuarkusTest
@QuarkusTestResource(PostgresResource.class)
class HostileHeadersTest {

    private static final List<String> COOKIES = List.of(
            "lorahub_toast",
            "lorahub_theme",
            "lorahub_session",
            "lorahub_arrival",
            "lorahub_candidates",
            "lorahub_visitor",
            "q_session");

    private static final List<String> HEADERS = List.of(
            "Host",
            "Referer",
            "User-Agent",
            "Accept",
            "Accept-Language",
            "Accept-Encoding",
            "Authorization",
            "X-Forwarded-For",
            "X-Forwarded-Host",
            "X-Forwarded-Proto",
            "Forwarded",
            "HX-Current-URL",
            "If-None-Match",
            "If-Modified-Since",
            "Range");

    private static final String ONE_LINE = "\"'><script src=//evil.example></script><img src=x onerror=e()>";

    private final Hub hub;
    private Person admin;
    private Adapter adapter;

    HostileHeadersTest(Hub hub) {
        this.hub = hub;
    }

    @BeforeEach
    void publish() {
        admin = hub.person(Role.ADMIN);
        adapter = hub.adapter(admin, Visibility.PUBLIC);
    }

    @Test
    void no_cookie_breaks_a_page() {
        List<String> values = List.of(
                URLEncoder.encode(HostileText.MARKUP, StandardCharsets.UTF_8),
                "%",
                "%zz%00",
                "x".repeat(3000),
                "zzzzzzzzzzzz.zzzzzzzzzzzz",
                "-1.0",
                "A".repeat(43));
        List<String> faults = new ArrayList<>();
        for (String path : pages()) {
            for (String cookie : COOKIES) {
                for (String value : values) {
                    RequestSpecification request = cookie.equals("lorahub_session") ? AsBrowser.given() : by();
                    check(
                            path + " with " + cookie,
                            request.cookie(cookie, value).get(path),
                            faults);
                }
            }
        }

        assertThat(faults).isEmpty();
    }

    @Test
    void no_header_breaks_a_page() {
        List<String> faults = new ArrayList<>();
        for (String path : pages()) {
            for (String header : HEADERS) {
                for (String value : List.of(ONE_LINE, "x".repeat(3000), "", "bytes=-1-,,\u00ff")) {
                    // A client needs a host, and a wrong token is reported.
                    if (value.isEmpty() && header.equals("Host")) continue;
                    check(path + " with " + header, by().header(header, value).get(path), faults);
                }
            }
        }

        assertThat(faults).isEmpty();
    }

    @Test
    void a_request_without_a_host_is_refused() {
        Response answer = AsBrowser.given().header("Host", ONE_LINE).get("/");

        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(HostileText.faults(answer.asString())).isEmpty();
    }

    private RequestSpecification by() {
        return AsBrowser.given(hub.session(admin));
    }

    private List<String> pages() {
        return List.of(
                "/",
                "/" + adapter.address(),
                "/" + admin.name,
                "/adapters",
                "/adapters.atom",
                "/candidates",
                "/compose",
                "/runs",
                "/inbox",
                "/settings",
                "/signin",
                "/signin/organisation/name",
                "/admin/health",
                "/no/such/page");
    }

    private static void check(String where, Response answer, List<String> faults) {
        if (answer.statusCode() >= 500) faults.add(where + ": " + answer.statusCode());
        String type = answer.contentType() == null ? "" : answer.contentType();
        if (type.startsWith("text/html")) {
            HostileText.faults(answer.asString()).forEach(fault -> faults.add(where + ": " + fault));
        }
    }
}
