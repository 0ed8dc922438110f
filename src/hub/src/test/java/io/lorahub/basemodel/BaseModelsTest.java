package io.lorahub.basemodel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import io.lorahub.account.Role;
import io.lorahub.basemodel.registration.BaseModelRegistrations;
import io.lorahub.demo.DemoHub;
import io.lorahub.engine.lora.config.CheckFinding;
import io.lorahub.storage.Blobs;
import io.lorahub.storage.object.ObjectKey;
import io.lorahub.storage.object.ObjectStore;
import io.lorahub.storage.object.UnusableObjectException;
import io.lorahub.testsupport.Hub;
import io.lorahub.testsupport.PostgresResource;
import io.lorahub.testsupport.Reference;
import io.lorahub.testsupport.S3Resource;
import io.lorahub.testsupport.server.S3ProxyServer;
import io.lorahub.testsupport.server.SlowCopies;
import io.lorahub.uploadcheck.ModelChecks;
import io.lorahub.web.FieldError;
import io.lorahub.web.ProblemException;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.enterprise.context.control.ActivateRequestContext;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.commons.io.FileUtils;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** With an S3 store where a copy takes longer than a transaction is allowed to. */
@QuarkusTest
@QuarkusTestResource(PostgresResource.class)
@QuarkusTestResource(value = S3Resource.class, restrictToAnnotatedClass = true)
class BaseModelsTest implements S3Resource.Tester {

    private SlowCopies copies;

    @TempDir
    Path folder;

    private final BaseModels models;
    private final BaseModelRegistrations registrations;
    private final ModelChecks checks;
    private final Blobs blobs;
    private final ObjectStore store;
    private final Hub hub;

    BaseModelsTest(
            BaseModels models,
            BaseModelRegistrations registrations,
            ModelChecks checks,
            Blobs blobs,
            ObjectStore store,
            Hub hub) {
        this.models = models;
        this.registrations = registrations;
        this.checks = checks;
        this.blobs = blobs;
        this.store = store;
        this.hub = hub;
    }

    @BeforeEach
    void start() {
        checks.start();
    }

    @AfterEach
    void stop() {
        checks.stop();
    }

    @Override
    public void useStore(S3ProxyServer server, SlowCopies copies) {
        this.copies = copies;
    }

    @Test
    @ActivateRequestContext
    void a_model_is_registered_however_long_the_store_takes_and_repaired_by_the_same_files() throws IOException {
        hub.actAs(hub.person(Role.ADMIN));
        String base = DemoHub.open().base().toString();
        copies.delayNext();
        registrations.queue("test/slow", "", "mit", base);

        await().atMost(Duration.ofMinutes(2)).until(copies::delayed);
        assertThatExceptionOfType(ProblemException.class)
                .isThrownBy(() -> registrations.queue("test/slow", "", "mit", base))
                .withMessageContaining("test/slow is being checked already");

        BaseModelRecord entry = ModelChecks.awaitModel("test/slow");
        blobs.place(entry.files, folder);
        assertThatExceptionOfType(ProblemException.class)
                .isThrownBy(() -> registrations.queue("test/slow", "", "mit", base))
                .withMessageContaining("registered already");

        String config = entry.files.get("config.json");
        store.delete(ObjectKey.blob(config));
        assertThatExceptionOfType(UnusableObjectException.class)
                .isThrownBy(() -> blobs.place(Map.of("again.json", config), folder));
        registrations.queue(
                "test/slow", "", "mit", Reference.path("causal/models/llama").toString());
        assertThat(ModelChecks.awaitEnd("test/slow").findings())
                .extracting(CheckFinding::sentence)
                .containsExactly(
                        "test/slow is registered, and some of its files are damaged in the hub's storage; these are"
                                + " different ones. To repair it, register the same files again.");

        registrations.queue("test/slow", "", "mit", base);

        assertThat(ModelChecks.awaitModel("test/slow").id).isEqualTo(entry.id);
        blobs.place(Map.of("again.json", config), folder);
        assertThat(folder.resolve("again.json")).hasSameBinaryContentAs(folder.resolve("config.json"));
    }

    @Test
    @ActivateRequestContext
    void a_model_that_another_process_registered_meanwhile_stays() {
        hub.actAs(hub.person(Role.ADMIN));
        String base = DemoHub.open().base().toString();
        copies.delayNext();
        registrations.queue("test/taken-meanwhile", "", "mit", base);
        await().atMost(Duration.ofMinutes(2)).until(copies::delayed);
        QuarkusTransaction.requiringNew().run(() -> {
            BaseModelRecord other = new BaseModelRecord();
            other.name = "test/taken-meanwhile";
            other.modelType = "t5";
            other.parameters = 1;
            other.bytes = 4;
            other.persist();
        });

        assertThat(ModelChecks.awaitEnd("test/taken-meanwhile").findings())
                .extracting(CheckFinding::message)
                .containsExactly("test/taken-meanwhile has been registered meanwhile. That model stays as it is.");

        assertThat(models.named("test/taken-meanwhile").bytes).isEqualTo(4);
        registrations.queue("test/another-name", "", "mit", base);
        assertThat(ModelChecks.awaitModel("test/another-name").files).isNotEmpty();
    }

    @Test
    @ActivateRequestContext
    void a_summary_or_licence_that_cannot_be_kept_is_refused_before_the_model_is_read() {
        hub.actAs(hub.person(Role.ADMIN));
        String base = DemoHub.open().base().toString();
        assertThatExceptionOfType(ProblemException.class)
                .isThrownBy(() -> registrations.queue("test/long-texts", "x".repeat(301), "m".repeat(61), base))
                .satisfies(problem -> assertThat(problem.causes())
                        .extracting(FieldError::field)
                        .containsExactly("summary", "licence"));
        assertThatExceptionOfType(ProblemException.class)
                .isThrownBy(() -> registrations.queue("test/long-texts", "", "mi\0t", base))
                .satisfies(problem -> assertThat(problem.causes())
                        .extracting(FieldError::field)
                        .containsExactly("licence"));
    }

    @Test
    @ActivateRequestContext
    void all_files_of_a_tokenizer_are_kept_and_nothing_else(@TempDir Path model) throws IOException {
        hub.actAs(hub.person(Role.ADMIN));
        FileUtils.copyDirectory(Reference.path("causal/models/llama").toFile(), model.toFile());
        List<String> tokenizer = List.of("tokenizer.model", "merges.txt", "vocab.json", "added_tokens.json");
        for (String name : tokenizer) Files.writeString(model.resolve(name), name);
        Files.writeString(model.resolve("notes.txt"), "private");

        registrations.queue("test/tokenizer-files", "", "mit", model.toString());

        assertThat(ModelChecks.awaitModel("test/tokenizer-files").files.keySet())
                .containsAll(tokenizer)
                .contains("tokenizer.json", "config.json", "model.safetensors")
                .doesNotContain("notes.txt");
    }
}
