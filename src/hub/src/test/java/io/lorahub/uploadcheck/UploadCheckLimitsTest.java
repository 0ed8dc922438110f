package io.lorahub.uploadcheck;

import static io.lorahub.testsupport.AdapterBuilder.anAdapter;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.lorahub.childprocess.ChildAbortedException;
import io.lorahub.childprocess.ChildProcesses;
import io.lorahub.storage.object.ObjectKey;
import io.lorahub.storage.object.StorageException;
import io.lorahub.testsupport.AsBrowser;
import io.lorahub.testsupport.PostgresResource;
import io.lorahub.testsupport.UploadForm;
import io.lorahub.upload.UploadState;
import io.lorahub.upload.check.UploadChecks;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.io.ByteArrayInputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.jsoup.Jsoup;
import org.junit.jupiter.api.Test;

/** Checks that end without a result: too large, too slow, or interrupted by the hub. */
@QuarkusTest
@QuarkusTestResource(PostgresResource.class)
class UploadCheckLimitsTest extends UploadCheckFixture {

    UploadCheckLimitsTest(UploadCheckParts parts) {
        super(parts);
    }

    @Test
    void damaged_weights_are_named_as_the_hubs_fault() {
        byte[] kept = loseWeights();
        byte[] damaged = kept.clone();
        damaged[damaged.length - 2] ^= 1;
        putInstead(damaged, ObjectKey.blob(stored().hashes().get("adapter_model.safetensors")));
        for (int tries = 1; tries <= UploadChecks.MAX_TRIES; tries++) {
            assertThatThrownBy(() -> examination.of(upload)).isInstanceOf(StorageException.class);
        }

        examination.of(upload);

        assertThat(stored().getState()).isEqualTo(UploadState.FAILED);
        assertThat(stored().failure)
                .contains("The stored copy of adapter_model.safetensors is damaged; send it again.");
    }

    @Test
    void a_check_that_the_end_of_the_hub_breaks_off_is_no_try() {
        ChildProcesses ended = new ChildProcesses();
        ended.stop(null);
        UploadCheck last = new UploadCheck(checks, blobs, store, models, ended, QUICK);

        assertThatThrownBy(() -> last.of(upload)).isInstanceOf(ChildAbortedException.class);

        assertThat(stored().checkTries).isZero();
        assertThat(stored().getState()).isEqualTo(UploadState.CHECKING);
    }

    @Test
    void files_that_need_more_memory_than_a_check_may_have_are_given_up() {
        Path large =
                anAdapter().seeded(SEED.incrementAndGet()).ofShape(3_000_000, 2).in(dir, "large");
        upload = UUID.fromString(UploadForm.send(session, large).substring("/uploads/".length()));
        UploadCheck small = examination(Quick.with(24 << 20, Duration.ofMinutes(2)));

        assertThatThrownBy(() -> small.of(upload)).isInstanceOf(ChildAbortedException.class);
        assertThat(stored().getState()).isEqualTo(UploadState.CHECKING);
        small.of(upload);

        assertThat(stored().getState()).isEqualTo(UploadState.FAILED);
        assertThat(stored().failure).startsWith("Checking these files takes more than 25 MB of memory");
    }

    @Test
    void files_that_need_more_time_than_a_check_may_take_are_given_up() {
        UploadCheck hasty = examination(Quick.with(512 << 20, Duration.ofMillis(1)));

        assertThatThrownBy(() -> hasty.of(upload)).isInstanceOf(ChildAbortedException.class);
        hasty.of(upload);

        assertThat(stored().getState()).isEqualTo(UploadState.FAILED);
        assertThat(stored().failure).startsWith("Checking these files takes more than 0 seconds of processor time");
        assertThat(Jsoup.parse(AsBrowser.given(session)
                                .get("/uploads/" + upload)
                                .asString())
                        .select("#checks .notice")
                        .text())
                .contains("Save the adapter again with PEFT's save_pretrained");
    }

    @Test
    void all_checks_that_there_will_be_are_listed_before_they_begin() {
        List<String> pending = names(stored().findings);
        assertThat(page().select("#checks .finding h3").eachText()).contains(BaseModelCheck.TITLE);

        examination.of(upload);

        assertThat(names(stored().findings)).isEqualTo(pending);
    }

    @Test
    void the_time_grows_with_the_files() {
        assertThat(UploadCheck.deadline(QUICK, 0)).isEqualTo(Duration.ofMinutes(2));
        assertThat(UploadCheck.deadline(QUICK, 10 << 20)).isEqualTo(Duration.ofSeconds(130));
    }

    private static List<String> names(JsonNode findings) {
        return findings.findValuesAsText("id");
    }

    private void putInstead(byte[] weights, String key) {
        store.publish(store.stage(new ByteArrayInputStream(weights), weights.length), key);
    }
}
