package io.lorahub.uploadcheck;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lorahub.account.AccessToken.Scope;
import io.lorahub.account.Person;
import io.lorahub.account.Role;
import io.lorahub.basemodel.BaseModelRecord;
import io.lorahub.basemodel.registration.BaseModelRegistration;
import io.lorahub.basemodel.registration.BaseModelRegistrationView;
import io.lorahub.basemodel.registration.BaseModelRegistrations;
import io.lorahub.basemodel.registration.FolderCopy;
import io.lorahub.basemodel.registration.RegistrationState;
import io.lorahub.childprocess.ChildAbortedException;
import io.lorahub.childprocess.ChildProcesses;
import io.lorahub.engine.lora.config.CheckFinding;
import io.lorahub.job.JobOutcome;
import io.lorahub.storage.object.ObjectKey;
import io.lorahub.storage.object.UnusableObjectException;
import io.lorahub.testsupport.AsBrowser;
import io.lorahub.testsupport.PostgresResource;
import io.lorahub.testsupport.Reference;
import io.lorahub.testsupport.UploadForm;
import io.lorahub.upload.Upload;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.RestAssured;
import io.restassured.response.Response;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.commons.io.FileUtils;
import org.jsoup.Jsoup;
import org.jsoup.nodes.Document;
import org.jsoup.nodes.Element;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Base models on their way into the hub. Its own checks are off; a test starts others where it needs one, with real
 * processes.
 */
@QuarkusTest
@QuarkusTestResource(PostgresResource.class)
class BaseModelRegistrationTest extends UploadCheckFixture {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int MEGABYTE = 1 << 20;

    private final BaseModelRegistrations registrations;
    private final FolderCopy copies;
    private final String name = "test/registration-" + UUID.randomUUID();

    private Person admin;
    private String adminSession;
    private Path model;

    BaseModelRegistrationTest(UploadCheckParts parts, BaseModelRegistrations registrations, FolderCopy copies) {
        super(parts);
        this.registrations = registrations;
        this.copies = copies;
    }

    @BeforeEach
    void copyModel() throws IOException {
        admin = hub.person(Role.ADMIN);
        adminSession = hub.session(admin);
        model = Files.createDirectory(dir.resolve("model"));
        FileUtils.copyDirectory(Reference.path("causal/models/llama").toFile(), model.toFile());
        QuarkusTransaction.requiringNew().run(() -> sql("delete from upload_check_queue"));
    }

    @Test
    void a_request_only_queues_the_model_and_its_page_says_how_the_check_goes() {
        Response answer = post();
        assertThat(answer.statusCode()).as(answer.asString()).isEqualTo(303);
        assertThat(answer.header("Location")).endsWith("/base-models/" + name);
        assertThat(BaseModelRecord.named(name)).isEmpty();

        Document waiting = modelPage();
        assertThat(waiting.select("#facts").text()).contains("Checking", "The check waits for a worker.");
        assertThat(waiting.select("#facts").attr("hx-get")).isEqualTo("/base-models/" + name);
        assertThat(waiting.select("noscript meta[http-equiv=refresh]")).isNotEmpty();
        assertThat(AsBrowser.given(session).get("/base-models/" + name).statusCode())
                .isEqualTo(404);
        assertThat(listed().text()).contains(name, "Checking", "The check waits for a worker.");
        assertThat(listed().attr("hx-get")).isEqualTo("/admin/base-models");
        assertThat(api("GET").path("state").asText()).isEqualTo("checking");
        assertThat(post().statusCode()).isEqualTo(409);

        worker.start(null);

        BaseModelRecord record = ModelChecks.awaitModel(name);
        assertThat(record.modelType).isEqualTo("llama");
        assertThat(record.chatTemplate).isTrue();
        assertThat(record.continuation).isNotEmpty();
        assertThat(record.registeredBy.id).isEqualTo(admin.id);
        assertThat(record.files).containsKeys("config.json", "model.safetensors", "tokenizer.json");
        Document available = modelPage();
        assertThat(available.select("#facts").text()).contains("llama", "“Hello” continues with “");
        assertThat(available.select("#facts").hasAttr("hx-get")).isFalse();
        assertThat(available.select("noscript meta[http-equiv=refresh]")).isEmpty();
        assertThat(listed().text()).contains(name, "Available");
        assertThat(api("GET").path("state").asText()).isEqualTo("available");
        assertThat(post().asString()).contains(name + " is registered already.");
        await().until(() -> waiting() == 0);
    }

    @Test
    void a_folder_of_another_machine_is_left_to_it_for_ten_minutes() {
        UUID id = QuarkusTransaction.requiringNew().call(() -> {
            Upload entry = new Upload();
            entry.person = admin;
            entry.baseModel = name;
            entry.sourceFolder = dir.resolve("elsewhere").toString();
            entry.persist();
            return entry.id;
        });

        assertThat(copies.run(id.toString())).isEqualTo(JobOutcome.retryAfter(Duration.ofSeconds(1)));

        QuarkusTransaction.requiringNew()
                .run(() -> Upload.<Upload>findById(id).createdAt = Instant.now().minus(Duration.ofMinutes(11)));
        assertThat(copies.run(id.toString())).isEqualTo(JobOutcome.DONE);
        assertThat(ModelChecks.stored(name).state()).isEqualTo(RegistrationState.REFUSED);
        assertThat(why()).contains("No process of the hub has the folder ");
    }

    @Test
    void a_refused_model_says_why_until_another_one_takes_its_name() throws IOException {
        Path weights = model.resolve("model.safetensors");
        byte[] sound = Files.readAllBytes(weights);
        Files.write(weights, Arrays.copyOf(sound, sound.length - 1000));
        post();
        worker.start(null);

        BaseModelRegistration refused = ModelChecks.awaitEnd(name);
        assertThat(refused.state()).isEqualTo(RegistrationState.REFUSED);
        assertThat(files(refused.id())).isEmpty();
        assertThat(BaseModelRecord.named(name)).isEmpty();
        assertThat(modelPage().select("#facts").text())
                .contains("Refused", "model.safetensors cannot be used: it is incomplete");
        assertThat(listed().select("li:contains(" + name + ")").text())
                .contains("Refused", "model.safetensors cannot be used: it is incomplete");
        assertThat(api("GET").path("findings").path(0).path("message").asText()).contains("it is incomplete");

        Files.write(weights, sound);
        assertThat(post().statusCode()).isEqualTo(303);
        assertThat(ModelChecks.awaitModel(name).modelType).isEqualTo("llama");
        assertThat(api("DELETE").path("status").asInt()).isEqualTo(409);
    }

    @Test
    void a_check_that_a_dead_process_left_is_taken_up_by_another() {
        post();
        UUID id = ModelChecks.stored(name).id();
        assertThat(checks.begin(id)).isPresent();
        assertThat(modelPage().select("#facts").text()).contains("A worker reads every tensor");
        QuarkusTransaction.requiringNew()
                .run(() -> assertThat(sql("update upload_check_queue set picked = true, picked_by = 'killed',"
                                + " last_heartbeat = now() - interval '1 minute'"))
                        .isOne());

        worker.start(null);

        ModelChecks.awaitModel(name);
        assertThat(ModelChecks.stored(name).tries()).isEqualTo(2);
    }

    @Test
    void a_process_that_checks_only_uploads_leaves_base_models_to_others() {
        post();
        Quick uploadsOnly = new Quick(
                true,
                false,
                1,
                QUICK.poll(),
                QUICK.heartbeat(),
                QUICK.memory(),
                QUICK.deadline(),
                QUICK.bytesPerSecond());
        UploadCheckWorker web = new UploadCheckWorker(uploadsOnly, jobs);
        UploadForm.send(session, weights("beside"));
        web.start(null);
        try {
            await().until(() -> waiting() == 1); // the upload, which came later, has been checked
            assertThat(ModelChecks.stored(name).tries()).isZero();
        } finally {
            web.stop(null);
        }
    }

    @Test
    void cancelling_a_check_ends_its_process() throws Exception {
        post();
        UUID id = ModelChecks.stored(name).id();
        ChildProcesses processes = new ChildProcesses();
        CompletableFuture<Void> done = CompletableFuture.runAsync(
                () -> check(processes, QUICK).of(id), command -> new Thread(command).start());
        await().atMost(Duration.ofMinutes(1)).until(() -> processes.handles().size() == 1);
        ProcessHandle process = processes.handles().get(0);
        CheckProcessesTest.hang(process);

        assertThat(AsBrowser.given(adminSession)
                        .formParam("name", name)
                        .post("/admin/base-models/registrations/remove")
                        .statusCode())
                .isEqualTo(303);

        done.get(1, TimeUnit.MINUTES);
        process.onExit().get(1, TimeUnit.MINUTES);
        assertThat(BaseModelRegistration.named(name)).isEmpty();
        assertThat(BaseModelRecord.named(name)).isEmpty();
        assertThat(AsBrowser.given(adminSession).get("/base-models/" + name).statusCode())
                .isEqualTo(404);
    }

    @Test
    void a_check_that_the_end_of_the_hub_breaks_off_is_no_try() {
        post();
        ChildProcesses ended = new ChildProcesses();
        ended.stop(null);
        UUID id = ModelChecks.stored(name).id();

        assertThatThrownBy(() -> check(ended, QUICK).of(id)).isInstanceOf(ChildAbortedException.class);

        assertThat(ModelChecks.stored(name).tries()).isZero();
        assertThat(ModelChecks.stored(name).isChecking()).isTrue();
    }

    @Test
    void files_that_the_store_has_lost_are_named_after_five_tries() {
        post();
        UUID id = ModelChecks.stored(name).id();
        store.delete(ObjectKey.blob(files(id).get("chat_template.jinja")));
        RegistrationCheck check = check(new ChildProcesses(), QUICK);
        for (int tries = 1; tries <= 5; tries++) {
            assertThatThrownBy(() -> check.of(id)).isInstanceOf(UnusableObjectException.class);
        }

        check.of(id);

        assertThat(why())
                .isEqualTo(
                        "The check was interrupted 5 times. chat_template.jinja is missing from the hub's store; send it"
                                + " again.");
    }

    @Test
    void a_chat_template_without_an_end_is_stopped_by_its_budget() throws IOException {
        Files.writeString(
                model.resolve("chat_template.jinja"),
                "{% for i in range(100000) %}{% for j in range(100000) %}{% set k = i * j %}{% endfor %}{% endfor %}");
        post();

        check(new ChildProcesses(), QUICK).of(ModelChecks.stored(name).id());

        assertThat(why()).contains("The model's chat template failed: line 1: it does", "or leave it out");
    }

    @Test
    void a_chat_template_that_takes_all_memory_ends_its_process_only() throws IOException {
        Files.writeString(
                model.resolve("chat_template.jinja"),
                "{% set ns = namespace(kept=[]) %}{% for i in range(9) %}{% set ns.kept = ns.kept + [range(100000)] %}"
                        + "{% endfor %}{{ ns.kept | length }}");
        post();

        refuseFor(20, "more memory than a model of its size needs", "chat template");
    }

    @Test
    void a_header_of_very_many_tensors_ends_its_process_only() throws IOException {
        Files.write(model.resolve("model.safetensors"), header(120_000));
        post();

        refuseFor(24, "more memory than a model of its size needs");
    }

    @Test
    void a_header_that_is_larger_than_any_models_is_refused_unread() throws IOException {
        Files.write(model.resolve("model.safetensors"), header(200_000));
        post();

        check(new ChildProcesses(), QUICK).of(ModelChecks.stored(name).id());

        assertThat(why()).contains("The headers of the weights have", "at most 8,000,000 are accepted.");
    }

    @Test
    void a_vocabulary_of_millions_is_refused_or_ends_its_process_only() throws IOException {
        ObjectNode tokenizer =
                (ObjectNode) JSON.readTree(model.resolve("tokenizer.json").toFile());
        ObjectNode added = tokenizer.withObject("/model").withObject("/vocab");
        for (int i = 400; i < 1_500_000; i++) added.put("token" + i, i);
        Files.write(model.resolve("tokenizer.json"), JSON.writeValueAsBytes(tokenizer));
        post();
        refuseFor(16, "more memory than a model of its size needs");

        for (int i = 1_500_000; i < 3_200_000; i++) added.put("token" + i, i);
        Files.write(model.resolve("tokenizer.json"), JSON.writeValueAsBytes(tokenizer));
        assertThat(Jsoup.parse(post().asString()).select("#f-folder-error").text())
                .contains("tokenizer.json has", "at most 64,000,000 are accepted.");
    }

    @Test
    void a_vocabulary_in_the_configuration_that_the_weights_do_not_have_is_refused() throws IOException {
        Path file = model.resolve("config.json");
        ObjectNode config = (ObjectNode) JSON.readTree(file.toFile());
        Files.write(file, JSON.writeValueAsBytes(config.put("vocab_size", 2_000_000_000)));
        post();

        check(new ChildProcesses(), QUICK).of(ModelChecks.stored(name).id());

        assertThat(why())
                .contains(
                        "model.embed_tokens.weight has the shape [384, 48], but config.json calls for [2000000000, 48].");
    }

    @Test
    void a_check_that_takes_too_long_is_given_up() {
        post();
        RegistrationCheck hasty = check(new ChildProcesses(), Quick.with(512 * MEGABYTE, Duration.ofMillis(1)));
        UUID id = ModelChecks.stored(name).id();

        assertThatThrownBy(() -> hasty.of(id)).isInstanceOf(ChildAbortedException.class);
        assertThat(modelPage().select("#facts").text()).contains("Checking");
        hasty.of(id);

        assertThat(why()).startsWith("Reading and running this model takes more than 0 seconds of processor time");
        assertThat(modelPage().select("#facts").text()).contains("Refused", "more than 0 seconds of processor time");
    }

    /** Twice, because once may be due to a shortage of the machine. */
    private void refuseFor(int megabytes, String... reasons) {
        ChildProcesses processes = new ChildProcesses();
        RegistrationCheck small = check(processes, Quick.with((long) megabytes * MEGABYTE, Duration.ofMinutes(2)));
        UUID id = ModelChecks.stored(name).id();
        assertThatThrownBy(() -> small.of(id))
                .isInstanceOfSatisfying(
                        ChildAbortedException.class,
                        e -> assertThat(e.reason()).isEqualTo(ChildAbortedException.Reason.MEMORY));
        assertThat(ModelChecks.stored(name).isChecking()).isTrue();

        small.of(id);

        assertThat(why()).contains(reasons);
        assertThat(modelPage().select("#facts").text()).contains("Refused").contains(reasons);
        assertThat(processes.handles()).isEmpty();
        assertThat(BaseModelRecord.named(name)).isEmpty();
    }

    private RegistrationCheck check(ChildProcesses processes, Quick config) {
        return new RegistrationCheck(checks, registrations, blobs, processes, config);
    }

    /** SHA-256 by name. */
    private static Map<String, String> files(UUID upload) {
        return QuarkusTransaction.requiringNew()
                .call(() -> Upload.<Upload>findById(upload).hashes());
    }

    private String why() {
        BaseModelRegistration entry = ModelChecks.stored(name);
        assertThat(entry.state()).isEqualTo(RegistrationState.REFUSED);
        return entry.findings().stream().map(CheckFinding::sentence).collect(Collectors.joining(" "));
    }

    /** Waits until the files are copied. */
    private Response post() {
        Response answer = AsBrowser.given(adminSession)
                .formParams(Map.of("name", name, "summary", "", "licence", "MIT", "folder", model.toString()))
                .post("/admin/base-models");
        await().until(() -> QuarkusTransaction.requiringNew()
                .call(() -> BaseModelRegistration.named(name)
                        .filter(BaseModelRegistration::copying)
                        .isEmpty()));
        return answer;
    }

    private Document modelPage() {
        return Jsoup.parse(
                AsBrowser.given(adminSession).get("/base-models/" + name).asString());
    }

    private Element listed() {
        return Jsoup.parse(
                        AsBrowser.given(adminSession).get("/admin/base-models").asString())
                .selectFirst("#registrations");
    }

    private JsonNode api(String method) {
        try {
            return JSON.readTree(RestAssured.given()
                    .auth()
                    .oauth2(hub.token(admin, Scope.ADMINISTER))
                    .request(method, BaseModelRegistrationView.PATH + "/" + name)
                    .asString());
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /** Weights of so many empty tensors; each takes about 62 bytes. */
    private static byte[] header(int tensors) {
        String json = IntStream.range(0, tensors)
                .mapToObj("\"%06d\":{\"dtype\":\"F32\",\"shape\":[0],\"data_offsets\":[0,0]}"::formatted)
                .collect(Collectors.joining(",", "{", "}"));
        byte[] text = json.getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(Long.BYTES + text.length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(text.length)
                .put(text)
                .array();
    }
}
