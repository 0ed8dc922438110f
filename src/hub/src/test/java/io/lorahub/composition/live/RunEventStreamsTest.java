package io.lorahub.composition.live;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.lorahub.account.AccessToken.Scope;
import io.lorahub.account.Person;
import io.lorahub.account.Role;
import io.lorahub.composition.RunOwner;
import io.lorahub.composition.queue.NobodyWorks;
import io.lorahub.composition.queue.PoolRows;
import io.lorahub.composition.queue.RunClaim;
import io.lorahub.composition.queue.RunJournal;
import io.lorahub.composition.queue.RunStates;
import io.lorahub.composition.request.RunService;
import io.lorahub.engine.learning.EvaluationRecord;
import io.lorahub.engine.optimize.Observation;
import io.lorahub.testsupport.DemoOnHub;
import io.lorahub.testsupport.Hub;
import io.lorahub.testsupport.PostgresResource;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@QuarkusTest
@QuarkusTestResource(PostgresResource.class)
@TestProfile(NobodyWorks.class)
class RunEventStreamsTest {

    private final Hub hub;
    private final DemoOnHub demo;
    private final PoolRows pool;
    private final RunService runs;
    private final RunStates states;
    private final DataSource database;

    @TestHTTPResource
    URI server;

    private Person member;
    private UUID run;
    private RunJournal journal;

    RunEventStreamsTest(
            Hub hub, DemoOnHub demo, PoolRows pool, RunService runs, RunStates states, DataSource database) {
        this.hub = hub;
        this.demo = demo;
        this.pool = pool;
        this.runs = runs;
        this.states = states;
        this.database = database;
    }

    @BeforeEach
    void take() {
        member = hub.person(Role.MEMBER);
        run = pool.waiting(RunOwner.member(member), "un-past", demo.publish(member, "un"));
        RunClaim claim = states.take(run).orElseThrow();
        journal = new RunJournal(database, run, claim.claim, request -> {});
    }

    @Test
    void watchers_of_a_cut_run_receive_its_log_again() throws Exception {
        evaluate(1, 3);
        evaluate(2, 2);
        evaluate(3, 1);
        try (BufferedReader events = watch()) {
            assertThat(numbers(events)).containsExactly(1, 2, 3);

            journal.cut(2);

            assertThat(numbers(events)).containsExactly(1);
            evaluate(2, 4);
            assertThat(numbers(events)).containsExactly(2);
        }
    }

    @Test
    void a_run_that_is_no_longer_shared_is_shown_to_its_owner_only() throws Exception {
        runs.share(run, true);
        Person guest = hub.person(Role.MEMBER);
        try (BufferedReader events = watch(guest);
                BufferedReader owners = watch(member)) {
            evaluate(1, 3);
            assertThat(numbers(events)).containsExactly(1);

            runs.share(run, false);
            evaluate(2, 2);

            assertThat(rest(events)).contains("event:gone").doesNotContain("event:evaluations");
            assertThat(numbers(owners)).contains(1);
        }
    }

    @Test
    void a_guest_who_is_banned_is_told_no_more() throws Exception {
        runs.share(run, true);
        Person guest = hub.person(Role.MEMBER);
        try (BufferedReader events = watch(guest)) {
            pool.sql("update person set banned_at = now(), ban_reason = 'spam' where id = %d".formatted(guest.id));

            assertThat(rest(events)).contains("event:gone");
        }
    }

    @Test
    @Timeout(value = 60, unit = TimeUnit.SECONDS)
    void a_signal_that_makes_no_sense_ends_nobodys_feed() throws Exception {
        try (BufferedReader events = watch()) {
            pool.sql("notify changed, 'nonsense'");

            evaluate(1, 3);

            assertThat(numbers(events)).containsExactly(1);
        }
    }

    @Test
    void a_program_gets_the_examples_once() throws Exception {
        try (BufferedReader events = watch()) {
            JsonNode first = run(events);
            evaluate(1, 3);
            JsonNode second = run(events);
            while (!second.has("best")) second = run(events); // the claim is a change of its own

            assertThat(first.at("/settings/examples")).isNotEmpty();
            assertThat(second.get("settings").has("examples")).isFalse();
            assertThat(second.get("settings").has("held_out")).isFalse();
            assertThat(second.at("/settings/strategy")).isEqualTo(first.at("/settings/strategy"));
        }
    }

    /** The next event that has the run. */
    private static JsonNode run(BufferedReader events) throws IOException {
        return new ObjectMapper().readTree(data(events, "run"));
    }

    private static String data(BufferedReader events, String name) throws IOException {
        String line = events.readLine();
        while (!line.equals("event:" + name)) line = events.readLine();
        while (!line.startsWith("data:")) line = events.readLine();
        return line.substring("data:".length());
    }

    /** All lines until the server ends the stream. */
    private static List<String> rest(BufferedReader events) {
        return events.lines().toList();
    }

    private void evaluate(int number, double objective) {
        EvaluationRecord record = new EvaluationRecord(
                number, 1, new Observation(new double[] {objective}, objective, objective, null, null, null), 0);
        journal.evaluated(List.of(record), record, number);
    }

    private BufferedReader watch() throws IOException, InterruptedException {
        return watch(member);
    }

    private BufferedReader watch(Person watcher) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(server.resolve("/api/v1/runs/" + run + "/events"))
                .header("Authorization", "Bearer " + hub.token(watcher, Scope.READ))
                .build();
        var answer = HttpClient.newHttpClient().send(request, BodyHandlers.ofInputStream());
        assertThat(answer.statusCode()).isEqualTo(200);
        return new BufferedReader(new InputStreamReader(answer.body(), StandardCharsets.UTF_8));
    }

    /** The evaluations of the next event that has any. */
    private static List<Integer> numbers(BufferedReader events) throws IOException {
        List<Integer> numbers = new ArrayList<>();
        for (JsonNode point : new ObjectMapper().readTree(data(events, "evaluations")))
            numbers.add(point.get(0).asInt());
        return numbers;
    }
}
