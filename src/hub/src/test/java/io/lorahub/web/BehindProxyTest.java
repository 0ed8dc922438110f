package io.lorahub.web;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.not;

import io.lorahub.account.AccessToken;
import io.lorahub.account.Person;
import io.lorahub.account.Role;
import io.lorahub.serve.Serving;
import io.lorahub.testsupport.AsBrowser;
import io.lorahub.testsupport.Hub;
import io.lorahub.testsupport.PostgresResource;
import io.lorahub.testsupport.PublicHub;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import io.restassured.RestAssured;
import io.restassured.response.Response;
import jakarta.enterprise.event.Event;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A hub with a public address behind a proxy, which here is the test itself. */
@QuarkusTest
@TestProfile(PublicHub.class)
@QuarkusTestResource(PostgresResource.class)
class BehindProxyTest {

    private static final String FOR = "X-Forwarded-For";
    private static final String SOMEWHERE = "203.0.113.7";

    private final Hub hub;
    private final Event<Serving> serving;

    BehindProxyTest(Hub hub, Event<Serving> serving) {
        this.hub = hub;
        this.serving = serving;
    }

    @Test
    void a_client_cannot_choose_the_address_by_which_it_is_limited() {
        for (int i = 0; i < PublicHub.SIGN_INS; i++)
            assertThat(signIn(i).statusCode()).isNotEqualTo(429);
        assertThat(signIn(PublicHub.SIGN_INS).statusCode()).isEqualTo(429);
    }

    /** A proxy appends the address that it sees to what the client says. */
    private static Response signIn(int number) {
        return AsBrowser.given()
                .header(FOR, "198.51.100.%d, %s".formatted(number, SOMEWHERE))
                .formParam("name", "nobody-" + number)
                .formParam("password", "wrong horse battery")
                .post("/signin");
    }

    @ParameterizedTest
    @CsvSource({
        "hub.example.org,200",
        "HUB.example.org.:443,200",
        "other.example.org,200",
        "localhost:8080,200",
        "127.0.0.1,200",
        "[::1]:8080,200",
        "lab-server,200",
        "evil.example.com,421",
        "hub.example.org.evil.example.com,421"
    })
    void it_answers_to_its_own_names_only(String host, int status) {
        given().header("Host", host).get("/signin").then().statusCode(status);
        given().header("X-Forwarded-Host", host).get("/signin").then().statusCode(status);
    }

    @Test
    void a_reset_link_leads_to_the_public_address() {
        String admin = hub.session(hub.person(Role.ADMIN));
        Person member = hub.person(Role.MEMBER);
        assertThat(AsBrowser.given()
                        .cookie("__Host-lorahub_session", admin)
                        .post("/moderation/members/" + member.name + "/reset-link")
                        .asString())
                .contains("https://hub.example.org/");
    }

    @Test
    void a_visitors_cookie_is_for_https_only() {
        serving.fire(new Serving(true));
        Response answer = AsBrowser.given().formParam("task", "un-past").post("/compose/demo");
        assertThat(answer.statusCode()).isEqualTo(303);
        assertThat(answer.header("Set-Cookie")).containsIgnoringCase("secure");
    }

    @Test
    void the_session_cookie_is_one_that_only_this_host_can_set() {
        Person member = hub.person(Role.MEMBER);
        Response answer = AsBrowser.given()
                .header(FOR, "198.51.100.99")
                .formParam("name", member.name)
                .formParam("password", Hub.PASSWORD)
                .post("/signin");
        assertThat(answer.headers().getValues("Set-Cookie"))
                .filteredOn(cookie -> cookie.contains("lorahub_session="))
                .singleElement()
                .asString()
                .startsWith("__Host-lorahub_session=")
                .contains("Secure", "Path=/", "HttpOnly")
                .doesNotContain("Domain");
        String session = answer.cookie("__Host-lorahub_session");
        assertThat(AsBrowser.given()
                        .cookie("__Host-lorahub_session", session)
                        .get("/settings")
                        .statusCode())
                .isEqualTo(200);
        assertThat(AsBrowser.given(session).get("/settings").statusCode())
                .as("what another host of the domain may have set")
                .isEqualTo(303);
        Response ended =
                AsBrowser.given().cookie("__Host-lorahub_session", "invented").get("/settings");
        assertThat(ended.header("Set-Cookie"))
                .startsWith("__Host-lorahub_session=;")
                .contains("Secure", "Max-Age=0");
    }

    @Test
    void numbers_of_the_process_are_for_operators() {
        String admin = hub.token(hub.person(Role.ADMIN), AccessToken.Scope.ADMINISTER);
        String member = hub.token(hub.person(Role.MEMBER), AccessToken.Scope.WRITE);
        given().header(FOR, SOMEWHERE).get("/q/metrics").then().statusCode(404);
        given().header(FOR, SOMEWHERE)
                .auth()
                .oauth2(member)
                .get("/q/metrics")
                .then()
                .statusCode(404);
        Response asAdmin = given().header(FOR, SOMEWHERE).auth().oauth2(admin).get("/q/metrics");
        assertThat(asAdmin.statusCode()).as(asAdmin.asString()).isEqualTo(200);
        given().get("/q/metrics").then().statusCode(200).body(containsString("jvm_memory"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"/q/health", "/q/health/live", "/q/health/ready", "/q/health/well", "/q/health/group/x"})
    void everybody_learns_whether_it_is_up_and_no_more(String path) {
        given().header(FOR, SOMEWHERE)
                .get(path)
                .then()
                .statusCode(200)
                .body("status", equalTo("UP"))
                .body(not(containsString("checks")));
    }

    @Test
    void this_machine_sees_the_parts() {
        given().get("/q/health/well").then().statusCode(200).body(containsString("Database"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"/q/health", "/q/health/live", "/q/health/ready", "/q/health/started", "/q/health/well"})
    void probes_are_answered_by_any_name_and_without_one(String path) throws IOException {
        assertThat(answer("GET %s HTTP/1.0\r\n\r\n".formatted(path)))
                .startsWith("HTTP/1.0 200")
                .contains("\"UP\"");
        given().header("Host", "backend-1.internal.example")
                .get(path)
                .then()
                .statusCode(200)
                .body("status", equalTo("UP"))
                .body(not(containsString("checks"))); // a web page can have any name lead to this machine
        given().auth().oauth2("invented").get(path).then().statusCode(200).body("status", equalTo("UP"));
        given().header("Host", "backend-1.internal.example")
                .get("/q/metrics")
                .then()
                .statusCode(404);
    }

    private static String answer(String request) throws IOException {
        try (Socket socket = new Socket("localhost", RestAssured.port)) {
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
