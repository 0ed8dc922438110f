package io.lorahub.uploadcheck;

import io.lorahub.storage.Blobs;
import io.lorahub.storage.DatabaseClock;
import io.lorahub.storage.object.ObjectStore;
import io.lorahub.testsupport.Hub;
import io.lorahub.upload.check.UploadChecks;
import jakarta.enterprise.context.Dependent;
import javax.sql.DataSource;

/** What tests of checks need of the application. */
@Dependent
class UploadCheckParts {

    final Hub hub;
    final UploadCheck examination;
    final RegistrationCheck modelCheck;
    final UploadChecks checks;
    final ObjectStore store;
    final Blobs blobs;
    final BaseModelHeaders models;
    final DataSource database;
    final DatabaseClock clock;

    UploadCheckParts(
            Hub hub,
            UploadCheck examination,
            RegistrationCheck modelCheck,
            UploadChecks checks,
            ObjectStore store,
            Blobs blobs,
            BaseModelHeaders models,
            DataSource database,
            DatabaseClock clock) {
        this.hub = hub;
        this.examination = examination;
        this.modelCheck = modelCheck;
        this.checks = checks;
        this.store = store;
        this.blobs = blobs;
        this.models = models;
        this.database = database;
        this.clock = clock;
    }
}
