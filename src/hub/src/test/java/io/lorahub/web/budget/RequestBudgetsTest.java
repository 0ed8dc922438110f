package io.lorahub.web.budget;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.matchesPattern;

import io.lorahub.account.AccessToken.Scope;
import io.lorahub.account.Person;
import io.lorahub.account.Role;
import io.lorahub.testsupport.AsBrowser;
import io.lorahub.testsupport.Hub;
import io.lorahub.testsupport.PostgresResource;
import io.lorahub.testsupport.Settings;
import io.lorahub.web.ProblemException;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.RestAssured;
import io.restassured.response.Response;
import io.vertx.ext.web.RoutingContext;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.net.Socket;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What one client sends takes only its share of the hub, and gives it back. */
@QuarkusTest
@QuarkusTestResource(PostgresResource.class)
class RequestBudgetsTest {

    private static final String COMMIT_BEGINS = "{\"key\": \"header\", \"value\": {\"summary\": \"";

    private final Hub hub;
    private final RequestBudgets budgets;
    private final List<Socket> sockets = new ArrayList<>();

    private Person owner;
    private String token;

    RequestBudgetsTest(Hub hub, RequestBudgets budgets) {
        this.hub = hub;
        this.budgets = budgets;
    }

    @BeforeEach
    void create() {
        owner = hub.person(Role.MEMBER);
        token = hub.token(owner, Scope.WRITE);
        RestAssured.given()
                .auth()
                .oauth2(token)
                .contentType("application/json")
                .body(Map.of("type", "model", "name", "files"))
                .post("/api/repos/create")
                .then()
                .statusCode(200);
    }

    @AfterEach
    void close() throws IOException {
        for (Socket socket : sockets) socket.close();
        await().until(() -> budgets.held() == 0);
    }

    private Socket begin(String path, long length) throws IOException {
        return begin(path, "application/octet-stream", length);
    }

    private Socket begin(String path, String type, long length) throws IOException {
        Socket socket = new Socket("localhost", RestAssured.port);
        sockets.add(socket);
        socket.getOutputStream()
                .write(
                        "POST %s HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer %s\r\nContent-Type: %s\r\nContent-Length: %d\r\n\r\n"
                                .formatted(path, token, type, length)
                                .getBytes(US_ASCII));
        return socket;
    }

    private String xet() {
        String address = RestAssured.given()
                .auth()
                .oauth2(token)
                .get("/api/models/%s/files/xet-write-token/main".formatted(owner.name))
                .then()
                .statusCode(200)
                .extract()
                .path("casUrl");
        return URI.create(address).getPath() + "/v1";
    }

    private static String statusLine(Socket socket) throws IOException {
        return new String(socket.getInputStream().readNBytes(12), US_ASCII);
    }

    @Test
    void a_long_text_in_a_commit_is_refused_before_it_has_arrived() throws IOException {
        Socket commit =
                begin("/api/models/%s/files/commit/main".formatted(owner.name), "application/x-ndjson", 40_000_000);
        commit.getOutputStream().write((COMMIT_BEGINS + "x".repeat(200_000)).getBytes(US_ASCII));

        assertThat(statusLine(commit)).isEqualTo("HTTP/1.1 400");
    }

    @Test
    void json_of_more_values_than_a_client_can_hold_is_refused() {
        RestAssured.given()
                .auth()
                .oauth2(token)
                .contentType("application/json")
                .body("{\"content\": [" + "0,".repeat(490_000) + "0]}")
                .post("/api/validate-yaml")
                .then()
                .statusCode(429)
                .header("Retry-After", matchesPattern("\\d+"));
        RestAssured.given()
                .contentType("application/json")
                .body(Map.of("content", "---\nlicense: mit\n---\n", "repoType", "model"))
                .post("/api/validate-yaml")
                .then()
                .statusCode(200);
    }

    @Test
    @Settings("lorahub.web.bodies-per-client=1")
    void files_that_arrive_slowly_leave_threads_for_others() throws IOException {
        String path = xet() + "/xorbs/default/";
        Socket first = begin(path + "a".repeat(64), 1_000_000);
        first.getOutputStream().write(new byte[1000]);
        await().until(() -> budgets.inside(RequestBudgets.Work.RECEIVE) > 0);

        Socket second = begin(path + "b".repeat(64), 1_000_000);

        assertThat(statusLine(second)).isEqualTo("HTTP/1.1 429");
        first.close();
        await().until(() -> budgets.inside(RequestBudgets.Work.RECEIVE) == 0);
        Socket third = begin(path + "c".repeat(64), 10);
        third.getOutputStream().write(new byte[10]);
        assertThat(statusLine(third)).isEqualTo("HTTP/1.1 200");
    }

    @Test
    @Settings("lorahub.web.buffered-bodies-per-client=1M")
    void a_shard_takes_no_more_memory_than_its_client_can_hold() throws IOException {
        Socket shard = begin(xet() + "/shards", 50_000_000);
        byte[] head = new byte[96];
        System.arraycopy("HFRepoMetaData".getBytes(US_ASCII), 0, head, 0, 14);
        head[32] = 2; // its version
        head[48 + 36] = (byte) 0xff; // 65,535 segments
        head[48 + 37] = (byte) 0xff;
        shard.getOutputStream().write(head);

        assertThat(statusLine(shard)).isEqualTo("HTTP/1.1 429");
    }

    /** As when a client leaves while its body waits for a thread. */
    @Test
    void what_has_ended_takes_no_memory_that_nothing_would_give_back() {
        RoutingContext context = (RoutingContext) Proxy.newProxyInstance(
                RoutingContext.class.getClassLoader(),
                new Class<?>[] {RoutingContext.class},
                (proxy, method, given) -> null);
        RequestBudget budget = new RequestBudget(budgets, List.of("member late"), context);
        budget.hold(1000);
        RequestBudget.Turn turn = budget.begin(RequestBudgets.Work.COMPUTE);
        budget.end();
        budget.hold(1000);
        assertThat(budgets.held()).isEqualTo(2000);

        turn.close();

        assertThat(budgets.held()).isZero();
        assertThatThrownBy(() -> budget.hold(1000)).isInstanceOf(ProblemException.class);
        assertThat(budgets.held()).isZero();
        budget.release(1000); // as when a write ends after its request
        assertThat(budgets.held()).isZero();
    }

    @Test
    void sign_ins_wait_for_each_other_and_pages_for_none() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(100);
        try {
            List<Future<Response>> answers = new ArrayList<>();
            for (int i = 0; i < 100; i++) {
                int number = i;
                answers.add(threads.submit(() -> AsBrowser.given()
                        .formParam("name", "nobody-" + number)
                        .formParam("password", "correct horse battery")
                        .post("/signin")));
            }
            RestAssured.given().get("/status").then().statusCode(200);

            for (Future<Response> answer : answers) {
                int status = answer.get().statusCode();
                assertThat(status).isIn(Set.of(422, 429, 503));
                if (status != 422)
                    assertThat(answer.get().header("Retry-After")).matches("\\d+");
            }
        } finally {
            threads.shutdownNow();
        }
    }
}
