package io.lorahub.composition.live;

import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.not;

import io.lorahub.account.Person;
import io.lorahub.account.Role;
import io.lorahub.composition.RunOwner;
import io.lorahub.composition.RunSpec;
import io.lorahub.composition.queue.NobodyWorks;
import io.lorahub.composition.queue.RunClaim;
import io.lorahub.composition.queue.RunJournal;
import io.lorahub.composition.queue.RunStates;
import io.lorahub.composition.request.RunRequest;
import io.lorahub.composition.request.RunService;
import io.lorahub.demo.DemoHub;
import io.lorahub.engine.learning.EvaluationRecord;
import io.lorahub.engine.optimize.Observation;
import io.lorahub.testsupport.AsBrowser;
import io.lorahub.testsupport.DemoOnHub;
import io.lorahub.testsupport.Hub;
import io.lorahub.testsupport.PostgresResource;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;

@QuarkusTest
@QuarkusTestResource(PostgresResource.class)
@TestProfile(NobodyWorks.class)
class RunLogPageTest {

    private final Hub hub;
    private final DemoOnHub demo;
    private final RunService runs;
    private final RunStates states;
    private final DataSource database;

    RunLogPageTest(Hub hub, DemoOnHub demo, RunService runs, RunStates states, DataSource database) {
        this.hub = hub;
        this.demo = demo;
        this.runs = runs;
        this.states = states;
        this.database = database;
    }

    @Test
    void a_run_can_be_forked_from_any_evaluation() {
        Person member = hub.person(Role.MEMBER);
        String session = hub.session(member);
        String log = "/runs/" + run(member, 60) + "/log";

        AsBrowser.given(session)
                .get(log)
                .then()
                .statusCode(200)
                .body(containsString("1 to 50 of 60"))
                .body(containsString("&amp;known=1\""))
                .body(containsString("rel=\"next\""))
                .body(not(containsString("&amp;known=51\"")));
        for (String last : List.of("?page=2", "?page=99")) {
            AsBrowser.given(session)
                    .get(log + last)
                    .then()
                    .statusCode(200)
                    .body(containsString("51 to 60 of 60"))
                    .body(containsString("&amp;known=60\""))
                    .body(not(containsString("rel=\"next\"")));
        }
        AsBrowser.given(session).get(log + "?page=0").then().body(containsString("1 to 50 of 60"));
        AsBrowser.given().get(log).then().statusCode(404);
    }

    private UUID run(Person member, int evaluations) {
        List<String> candidates = demo.publish(hub.person(Role.MEMBER), "un", "past");
        RunSpec spec = RunSpec.of(DemoHub.open().task("un-past").fewShot(1), List.of());
        UUID id = runs.start(RunOwner.member(member), new RunRequest("un-past", "", Optional.empty(), candidates, spec))
                .id;
        RunClaim claim = states.take(id).orElseThrow();
        for (int number = 1; number <= evaluations; number++) {
            EvaluationRecord record = new EvaluationRecord(
                    number, 1, new Observation(new double[] {1, 0}, 0.5, 0.5, new float[] {0.5f}, null, null), 0.02);
            new RunJournal(database, claim.id, claim.claim, request -> {}).evaluated(List.of(record), record, number);
        }
        return id;
    }
}
