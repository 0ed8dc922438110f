package io.lorahub.uploadcheck;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.lorahub.account.Role;
import io.lorahub.storage.object.NoSuchObjectException;
import io.lorahub.storage.object.StagedFile;
import io.lorahub.testsupport.AsBrowser;
import io.lorahub.testsupport.PostgresResource;
import io.lorahub.testsupport.UploadForm;
import io.lorahub.upload.Upload;
import io.lorahub.upload.UploadState;
import io.lorahub.upload.check.UploadChecks;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.io.ByteArrayInputStream;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Checks that don't succeed at once. The hub's own checks are off; a test starts others where it needs one. */
@QuarkusTest
@QuarkusTestResource(PostgresResource.class)
class UploadCheckWorkerTest extends UploadCheckFixture {

    UploadCheckWorkerTest(UploadCheckParts parts) {
        super(parts);
    }

    @Test
    void a_check_that_a_dead_process_left_is_taken_up_by_another() {
        assertThat(checks.begin(upload)).isPresent();
        QuarkusTransaction.requiringNew()
                .run(() -> assertThat(sql("update upload_check_queue set picked = true, picked_by = 'killed',"
                                + " last_heartbeat = now() - interval '1 minute'"))
                        .isOne());

        worker.start(null);

        await().until(() -> stored().getState() == UploadState.PASSED);
        assertThat(stored().checkTries).isEqualTo(2);
        await().until(() -> waiting() == 0);
    }

    @Test
    void a_check_that_broke_off_is_begun_anew_until_it_goes_through() {
        byte[] kept = loseWeights();
        worker.start(null);
        await().until(() -> stored().checkTries == 1);

        putBack(kept);

        await().until(() -> stored().getState() == UploadState.PASSED);
        assertThat(stored().checkTries).isGreaterThan(1);
    }

    @Test
    void a_check_that_breaks_off_every_time_ends_as_a_failure_with_its_reason() {
        byte[] kept = loseWeights();
        for (int tries = 1; tries <= UploadChecks.MAX_TRIES; tries++) {
            assertThatThrownBy(() -> examination.of(upload)).isInstanceOf(NoSuchObjectException.class);
            assertThat(stored().getState()).as("after %d tries", tries).isEqualTo(UploadState.CHECKING);
        }

        worker.start(null);

        await().until(() -> stored().getState() == UploadState.FAILED);
        assertThat(stored().checkTries).isEqualTo(UploadChecks.MAX_TRIES);
        await().until(() -> waiting() == 0);
        assertThat(page().select("#checks .notice").text())
                .contains(
                        "The checks could not run.",
                        "The checks were interrupted 5 times.",
                        "adapter_model.safetensors is missing from the hub's store; send it again.");
        assertThat(page().select("button[aria-disabled=true]").text()).isEqualTo("Publish");

        putBack(kept);
        assertThat(AsBrowser.given(session).post(page + "/checks").statusCode()).isEqualTo(303);
        await().until(() -> stored().getState() == UploadState.PASSED);
        assertThat(page().select("#checks .notice")).isEmpty();
    }

    @Test
    void a_member_with_many_uploads_does_not_keep_others_waiting() {
        for (int i = 0; i < 3; i++) UploadForm.send(session, weights("more-" + i));
        String other = hub.session(hub.person(Role.MEMBER));
        String theirs = UploadForm.send(other, weights("theirs"));

        List<String> order = QuarkusTransaction.requiringNew()
                .call(() -> Upload.getEntityManager()
                        .createNativeQuery(
                                "select task_instance from upload_check_queue order by priority desc, execution_time",
                                String.class)
                        .getResultList());

        assertThat(order).hasSize(5);
        assertThat(order.get(0)).startsWith(upload.toString());
        assertThat(order.get(1)).startsWith(theirs.substring("/uploads/".length()));
        worker.start(null);
        await().until(() -> waiting() == 0);
    }

    private void putBack(byte[] weights) {
        StagedFile staged = store.stage(new ByteArrayInputStream(weights), weights.length);
        store.publish(staged, staged.blobKey());
    }
}
