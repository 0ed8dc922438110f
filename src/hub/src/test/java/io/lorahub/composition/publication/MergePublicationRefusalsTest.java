package io.lorahub.composition.publication;

import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.not;

import io.lorahub.account.AccessToken.Scope;
import io.lorahub.account.Role;
import io.lorahub.adapter.Adapter;
import io.lorahub.adapter.AdapterState;
import io.lorahub.composition.task.TaskStates;
import io.lorahub.composition.task.WorkerTask;
import io.lorahub.testsupport.AsBrowser;
import io.lorahub.testsupport.DemoOnHub;
import io.lorahub.testsupport.FinishedRuns;
import io.lorahub.testsupport.Hub;
import io.lorahub.testsupport.PostgresResource;
import io.lorahub.testsupport.WithUploadChecks;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** What of a merge cannot be published, and by whom not. */
@QuarkusTest
@QuarkusTestResource(PostgresResource.class)
@WithUploadChecks
class MergePublicationRefusalsTest extends MergePublishFixture {

    private final TaskStates states;

    MergePublicationRefusalsTest(Hub hub, DemoOnHub demo, FinishedRuns finished, TaskStates states) {
        super(hub, demo, finished);
        this.states = states;
    }

    private static void become(String merge, WorkerTask.State state) {
        QuarkusTransaction.requiringNew().run(() -> {
            WorkerTask task = WorkerTask.findById(UUID.fromString(id(merge)));
            task.state = state;
            task.answer = null;
            if (state == WorkerTask.State.FAILED) task.failure = "The disk is full.";
        });
    }

    @Test
    void only_whoever_merged_publishes_and_only_what_is_done() {
        String merge = merged();
        String other = hub.session(hub.person(Role.ADMIN));
        AsBrowser.given(other).get(form(merge)).then().statusCode(404);
        AsBrowser.given(other)
                .formParam("name", "mine")
                .post(form(merge))
                .then()
                .statusCode(404);
        AsBrowser.given().get(form(merge)).then().statusCode(303);

        become(merge, WorkerTask.State.FAILED);

        publish(merge, Map.of("name", "early")).then().statusCode(409);
        AsBrowser.given(session).get(form(merge)).then().statusCode(409);
    }

    @Test
    void the_parts_must_still_be_there_and_allow_it() {
        String merge = merged();
        change(parts.get(0), adapter -> adapter.licence = "CC-BY-SA-4.0");
        change(parts.get(1), adapter -> adapter.licence = "CC-BY-NC-4.0");
        publish(merge, Map.of("name", "clash"))
                .then()
                .statusCode(422)
                .body("causes[0].message", containsString("No single licence fits all parts"));
        AsBrowser.given(session)
                .get(form(merge))
                .then()
                .body(containsString("cannot be published"), not(containsString("name=\"title\"")));

        change(parts.get(0), adapter -> {
            adapter.state = AdapterState.TAKEN_DOWN;
            adapter.stateReason = "Copied.";
        });
        publish(merge, Map.of("name", "down"))
                .then()
                .statusCode(422)
                .body("causes[0].message", containsString("Moderators took down " + parts.get(0)));

        change(parts.get(0), Adapter::delete);
        publish(merge, Map.of("name", "gone"))
                .then()
                .statusCode(409)
                .body("detail", containsString(parts.get(0) + ", a part of this mix, was deleted"));
        program(Scope.READ).get(merge + "/zip").then().statusCode(200);
    }

    @Test
    void an_adapter_taken_down_meanwhile_is_not_merged() {
        String merge = merged();
        change(parts.get(0), adapter -> {
            adapter.state = AdapterState.TAKEN_DOWN;
            adapter.stateReason = "Copied.";
        });
        become(merge, WorkerTask.State.ASKED);

        assertThat(states.take(UUID.fromString(id(merge)))).isEmpty();

        program(Scope.READ)
                .get(merge)
                .then()
                .body("state", equalTo("failed"))
                .body("failure", equalTo("Moderators took down " + parts.get(0) + ". Merge again without it."));
    }
}
