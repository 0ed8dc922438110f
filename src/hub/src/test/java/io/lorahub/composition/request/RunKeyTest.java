package io.lorahub.composition.request;

import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.endsWith;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItems;
import static org.hamcrest.Matchers.not;

import io.lorahub.account.Role;
import io.lorahub.composition.IdempotencyKey;
import io.lorahub.testsupport.DemoOnHub;
import io.lorahub.testsupport.Hub;
import io.lorahub.testsupport.PostgresResource;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** Idempotency-Key: a request that is sent again starts no second run. */
@QuarkusTest
@QuarkusTestResource(PostgresResource.class)
class RunKeyTest extends RunSending {

    RunKeyTest(Hub hub, DemoOnHub demo) {
        super(hub, demo);
    }

    @Test
    void the_same_key_is_the_same_run() {
        String first = api().contentType("application/json")
                .header("Idempotency-Key", "again")
                .body(request())
                .post("/api/v1/runs")
                .then()
                .statusCode(201)
                .header("Location", containsString("/api/v1/runs/"))
                .extract()
                .path("id");

        api().contentType("application/json")
                .header("Idempotency-Key", "again")
                .body(request())
                .post("/api/v1/runs")
                .then()
                .statusCode(201)
                .header("Location", endsWith(first));
    }

    @Test
    void the_same_key_with_another_request_is_refused_also_for_a_fork() {
        String first = posted("mine", request()).statusCode(201).extract().path("id");
        Map<String, Object> other = new HashMap<>(request());
        other.put("budget", 9);
        posted("mine", other)
                .statusCode(422)
                .body("causes[0].field", equalTo("Idempotency-Key"))
                .body("causes[0].message", containsString(first));

        Map<String, Object> fork = new HashMap<>(request());
        fork.put("fork_of", first);
        fork.put("description", "Again.");
        posted("mine", fork).statusCode(422);
        String forked = posted("fork", fork)
                .statusCode(201)
                .body("fork_of", equalTo(first))
                .body("description", equalTo("Again."))
                .extract()
                .path("id");
        posted("fork", fork).statusCode(201).body("id", equalTo(forked));
        fork.put("candidates", candidates.subList(0, 2));
        posted("third", fork).statusCode(422).body("causes.field", hasItems("candidates"));
    }

    @Test
    void a_key_gives_the_first_run_whatever_has_changed_since() {
        String first = posted("kept", request()).statusCode(201).extract().path("id");
        Map<String, Object> fork = new HashMap<>(request());
        fork.remove("candidates");
        fork.put("fork_of", first);
        String forked = posted("kept fork", fork).statusCode(201).extract().path("id");
        Map<String, Object> other = new HashMap<>(request());
        other.put("candidates", candidates.subList(1, 3));

        api(author)
                .header("If-Match", "*")
                .delete("/api/v1/adapters/" + candidates.get(0))
                .then()
                .statusCode(204);

        posted("kept", request()).statusCode(201).body("id", equalTo(first));
        posted("kept", other).statusCode(422).body("causes.field", contains("Idempotency-Key"));
        posted("another", request()).statusCode(422).body("causes.field", hasItems("candidates"));
        api().post("/api/v1/runs/" + first + "/cancel");
        api().delete("/api/v1/runs/" + first).then().statusCode(204);
        posted("kept fork", fork).statusCode(201).body("id", equalTo(forked));
        posted("kept", request()).statusCode(422).body("causes.field", hasItems("candidates"));
    }

    @Test
    void a_request_is_the_same_in_another_order_and_another_one_with_any_other_field() {
        String first = posted("order", new TreeMap<>(request()))
                .statusCode(201)
                .extract()
                .path("id");
        Map<String, Object> reversed = new TreeMap<>(Comparator.reverseOrder());
        reversed.putAll(request());
        posted("order", reversed).statusCode(201).body("id", equalTo(first));

        reversed.put("layer_groups", "auto");
        posted("order", reversed).statusCode(422).body("causes.field", contains("Idempotency-Key"));
        reversed.remove("layer_groups");
        reversed.put("no_such_field", 1);
        posted("order", reversed).statusCode(422).body("causes.field", contains("Idempotency-Key"));
    }

    /** Releases before V61 didn't store what was sent. */
    @Test
    void a_key_of_an_earlier_release_belongs_to_the_request_that_is_repeated_first() {
        String first = posted("old", request()).statusCode(201).extract().path("id");
        QuarkusTransaction.requiringNew()
                .run(() -> IdempotencyKey.update("request = null where runId = ?1", UUID.fromString(first)));

        posted("old", request()).statusCode(201).body("id", equalTo(first));
        Map<String, Object> other = new HashMap<>(request());
        other.put("budget", 9);
        posted("old", other).statusCode(422).body("causes[0].message", containsString("the run " + first));
    }

    @Test
    void a_key_has_1_to_200_characters_and_belongs_to_one_member() {
        posted("k".repeat(201), request()).statusCode(422).body("causes.field", contains("Idempotency-Key"));
        String first =
                posted("k".repeat(200), request()).statusCode(201).extract().path("id");
        member = hub.person(Role.MEMBER);
        posted("k".repeat(200), request()).statusCode(201).body("id", not(first));
    }

    @Test
    void many_requests_with_one_key_at_once_are_one_run() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(8);
        try {
            List<Callable<String>> requests = Collections.nCopies(
                    8,
                    () -> posted("at once", request()).statusCode(201).extract().path("id"));
            Set<String> ids = new HashSet<>();
            for (Future<String> id : threads.invokeAll(requests)) ids.add(id.get());
            assertThat(ids).hasSize(1);
        } finally {
            threads.shutdown();
        }
    }
}
