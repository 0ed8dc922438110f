package io.lorahub.uploadcheck;

import static io.lorahub.uploadcheck.UploadCheckFixture.QUICK;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.lorahub.basemodel.BaseModelRecord;
import io.lorahub.basemodel.registration.BaseModelRegistration;
import io.lorahub.basemodel.registration.RegistrationState;
import io.lorahub.job.Jobs;
import io.lorahub.uploadcheck.UploadCheckFixture.Quick;
import io.quarkus.narayana.jta.QuarkusTransaction;
import jakarta.enterprise.context.Dependent;
import java.time.Duration;

/** The checks of base models, for tests in an application whose own checks are off. */
@Dependent
public class ModelChecks {

    /** Two at a time, as by default. */
    private static final Quick TWO = new Quick(
            true, true, 2, QUICK.poll(), QUICK.heartbeat(), QUICK.memory(), QUICK.deadline(), QUICK.bytesPerSecond());

    private final Jobs jobs;
    private UploadCheckWorker worker;

    ModelChecks(Jobs jobs) {
        this.jobs = jobs;
    }

    /** Without what other tests have left in the queue. */
    public void start() {
        QuarkusTransaction.requiringNew().run(() -> UploadCheckFixture.sql("delete from upload_check_queue"));
        worker = new UploadCheckWorker(TWO, jobs);
        worker.start(null);
    }

    public void stop() {
        if (worker != null) worker.stop(null);
    }

    /** The registration once its check has ended. */
    public static BaseModelRegistration awaitEnd(String name) {
        return await().atMost(Duration.ofMinutes(5)).until(() -> stored(name), entry -> !entry.isChecking());
    }

    public static BaseModelRecord awaitModel(String name) {
        BaseModelRegistration entry = awaitEnd(name);
        assertThat(entry.state()).as("%s", entry.findings()).isEqualTo(RegistrationState.AVAILABLE);
        return QuarkusTransaction.requiringNew().call(() -> {
            BaseModelRecord model = BaseModelRecord.named(name).orElseThrow();
            model.files.size();
            return model;
        });
    }

    static BaseModelRegistration stored(String name) {
        return QuarkusTransaction.requiringNew()
                .call(() -> BaseModelRegistration.named(name).orElseThrow());
    }
}
