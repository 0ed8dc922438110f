package io.lorahub.uploadcheck;

import io.lorahub.job.Jobs;
import io.lorahub.storage.Blobs;
import io.lorahub.storage.object.ObjectStore;
import io.lorahub.testsupport.Hub;
import io.lorahub.upload.check.UploadChecks;
import jakarta.enterprise.context.Dependent;

/** What tests of checks need of the application. */
@Dependent
class UploadCheckParts {

    final Hub hub;
    final UploadCheck examination;
    final UploadChecks checks;
    final ObjectStore store;
    final Blobs blobs;
    final BaseModelHeaders models;
    final Jobs jobs;

    UploadCheckParts(
            Hub hub,
            UploadCheck examination,
            UploadChecks checks,
            ObjectStore store,
            Blobs blobs,
            BaseModelHeaders models,
            Jobs jobs) {
        this.hub = hub;
        this.examination = examination;
        this.checks = checks;
        this.store = store;
        this.blobs = blobs;
        this.models = models;
        this.jobs = jobs;
    }
}
