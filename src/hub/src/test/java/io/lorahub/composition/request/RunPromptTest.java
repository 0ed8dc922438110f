package io.lorahub.composition.request;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.hasKey;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.startsWith;

import io.lorahub.account.Role;
import io.lorahub.composition.CompositionRun;
import io.lorahub.composition.RunOwner;
import io.lorahub.composition.task.TaskRequest;
import io.lorahub.composition.task.TaskResult;
import io.lorahub.composition.task.WorkerTasks;
import io.lorahub.engine.learning.Example;
import io.lorahub.engine.learning.LearningSession;
import io.lorahub.engine.lora.LoraAdapter;
import io.lorahub.engine.model.ComposedWeights;
import io.lorahub.engine.model.Compute;
import io.lorahub.engine.prompt.PromptChoice;
import io.lorahub.testsupport.DemoOnHub;
import io.lorahub.testsupport.Hub;
import io.lorahub.testsupport.PostgresResource;
import io.lorahub.testsupport.Reference;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.path.json.JsonPath;
import io.restassured.response.ValidatableResponse;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.commons.io.FileUtils;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The prompt format of runs on decoder-only models, by the API. */
@QuarkusTest
@QuarkusTestResource(PostgresResource.class)
class RunPromptTest extends RunSending {

    private static final Path LLAMA = Reference.path("causal/models/llama");
    private static final Duration SOON = Duration.ofSeconds(60);

    private final WorkerTasks tasks;

    @TempDir
    private Path folder;

    RunPromptTest(Hub hub, DemoOnHub demo, WorkerTasks tasks) {
        super(hub, demo);
        this.tasks = tasks;
    }

    /** The tiny Llama with another chat template, or with none if it is empty. */
    private List<String> withTemplate(String template) throws IOException {
        FileUtils.copyDirectory(LLAMA.toFile(), folder.toFile());
        Path file = folder.resolve("chat_template.jinja");
        if (template.isEmpty()) Files.delete(file);
        else Files.writeString(file, template);
        return demo.publishCausal(hub.person(Role.MEMBER), "prompts/" + UUID.randomUUID(), folder);
    }

    private List<String> llama() {
        return demo.publishCausal(hub.person(Role.MEMBER), "prompts/llama-chat", LLAMA);
    }

    private Map<String, Object> request(List<String> adapters, String... settings) {
        Map<String, Object> request = new HashMap<>(request());
        request.put("candidates", adapters);
        request.put("max_new_tokens", 4);
        for (int i = 0; i < settings.length; i += 2) request.put(settings[i], settings[i + 1]);
        return request;
    }

    private ValidatableResponse sent(List<String> adapters, String... settings) {
        return api().contentType("application/json")
                .body(request(adapters, settings))
                .post("/api/v1/runs")
                .then();
    }

    private void refused(String field, String message, List<String> adapters, String... settings) {
        sent(adapters, settings)
                .statusCode(422)
                .body("causes", hasSize(1))
                .body("causes[0].field", equalTo(field))
                .body("causes[0].message", containsString(message));
    }

    private ValidatableResponse ended(String id) {
        await().atMost(SOON)
                .until(() -> !List.of("queued", "running")
                        .contains(api().get("/api/v1/runs/" + id).path("state")));
        return api().get("/api/v1/runs/" + id)
                .then()
                .body("failure", equalTo(null))
                .body("state", equalTo("succeeded"));
    }

    private JsonPath recipe(String run) {
        return JsonPath.from(api().get("/runs/" + run + "/files/recipe.json").asString());
    }

    @Test
    void the_default_is_the_models_own_format() throws IOException {
        sent(llama()).statusCode(201).body("settings.prompt", equalTo("chat")).body("settings", not(hasKey("system")));
        sent(withTemplate("")).statusCode(201).body("settings.prompt", equalTo("plain"));
        sent(candidates).statusCode(201).body("settings", not(hasKey("prompt")));
    }

    @Test
    void a_run_uses_its_format_in_the_search_the_recipe_and_the_playground() {
        List<String> adapters = llama();
        String system = "Answer with one word.";
        String id = sent(adapters, "system", system).statusCode(201).extract().path("id");
        ended(id).body("settings.prompt", equalTo("chat")).body("settings.system", equalTo(system));

        JsonPath recipe = recipe(id);
        assertThat(recipe.getString("prompt.format")).isEqualTo("chat");
        assertThat(recipe.getString("prompt.system")).isEqualTo(system);
        assertThat(recipe.<String, String>getMap("base.files")).containsKey("chat_template.jinja");
        CompositionRun run = QuarkusTransaction.requiringNew().call(() -> CompositionRun.findById(UUID.fromString(id)));
        List<Double> base = List.of(0.0, 0.0);
        TaskResult.Mix answer = (TaskResult.Mix) tasks.await(
                        tasks.ask(
                                RunOwner.member(member),
                                new TaskRequest.Mix(run.id, List.of(base), 1, List.of("lock"), TaskRequest.Rows.NONE)),
                        SOON)
                .orElseThrow();
        TaskResult.Scored scored = answer.mixes().get(0);
        LoraAdapter adapter = LoraAdapter.load("a", Reference.path("causal/adapters/llama/a"));
        try (LearningSession session = LearningSession.open(
                LLAMA, List.of(adapter), ComposedWeights.EXACT, Compute.cpu(), PromptChoice.of("chat", system))) {
            List<Example> examples = run.spec.examples();
            double[] nothing = new double[1];
            double loss = session.scorer(session.encode(examples)).losses(List.of(nothing))[0];
            assertThat(scored.loss()).isEqualTo(loss, org.assertj.core.data.Offset.offset(1e-5));
            assertThat(scored.predictions()).isEqualTo(session.generation().predict(List.of("lock"), nothing, 4));
            assertThat(run.result.path("base").path("loss").asDouble())
                    .isEqualTo(loss, org.assertj.core.data.Offset.offset(1e-5));
        }
    }

    @Test
    void a_text_of_ones_own_is_a_format() {
        String id = sent(llama(), "prompt", "Q: {input}\nA: {output}")
                .statusCode(201)
                .extract()
                .path("id");

        ended(id).body("settings.prompt", equalTo("Q: {input}\nA: {output}"));
    }

    @Test
    void texts_that_the_model_cannot_read_are_reported_at_their_field() throws IOException {
        List<String> llama = llama();
        refused("prompt", "has no {input}", llama, "prompt", "Answer: {output}");
        refused("prompt", "has no {output}", llama, "prompt", "Q: {input}");
        refused("system", "needs the prompt format chat", llama, "prompt", "plain", "system", "Be brief.");
        refused("system", "at most 4,000 characters", llama, "system", "a".repeat(4001));
        refused("prompt", "at most 4,000 characters", llama, "prompt", "{input}{output}" + "a".repeat(4000));
        refused("system", "lone surrogate", llama, "system", "\0");
        refused("system", "The prompt of this system text and one word has", llama, "system", "word ".repeat(300));
        refused("prompt", "reads inputs as they are", candidates, "prompt", "plain");
        refused("system", "reads inputs as they are", candidates, "system", "Be brief.");
        List<String> plain = withTemplate("");
        refused("prompt", "has no chat template", plain, "prompt", "chat");
        refused("system", "takes no system text", plain, "system", "Be brief.");
    }

    @Test
    void a_template_that_takes_no_system_text_is_named_at_once() throws IOException {
        String turns = "{% for m in messages %}{{ m['content'] + '\n' }}{% endfor %}{{ eos_token }}";
        String refusing = "{% if messages[0]['role'] == 'system' %}{{ raise_exception('No system role.') }}{% endif %}";
        refused("system", "No system role.", withTemplate(refusing + turns), "system", "Be brief.");
        String ignoring = "{% for m in messages if m['role'] != 'system' %}{{ m['content'] }}{% endfor %}";
        refused("system", "ignores a system text", withTemplate(ignoring), "system", "Be brief.");
        refused("prompt", "chat template", withTemplate("{% broken"), "prompt", "chat");
        sent(withTemplate(refusing + turns)).statusCode(201);
    }

    @Test
    void a_prompt_beyond_the_context_and_an_output_of_no_tokens_are_refused_before_the_start() throws IOException {
        Map<String, Object> request = request(llama());
        request.put("examples", List.of(Map.of("input", "word ".repeat(300), "output", "yes")));
        request.put(
                "held_out",
                List.of(Map.of("input", "a", "output", "b"), Map.of("input", "c", "output", "no ".repeat(250))));
        api().contentType("application/json")
                .body(request)
                .post("/api/v1/runs")
                .then()
                .statusCode(422)
                .body("causes.find { it.field == 'examples' }.message", startsWith("The prompt of example 1 has"))
                .body("causes.find { it.field == 'held_out' }.message", startsWith("The prompt of held-out example 2"));

        String swallowing = "{% for m in messages if m['role'] == 'user' %}{{ m['content'] + '\n' }}{% endfor %}";
        sent(withTemplate(swallowing))
                .statusCode(422)
                .body(
                        "causes.message",
                        hasItem("The output of example 1 has no tokens; write the text that the model is to answer."));
    }

    @Test
    void a_run_keeps_the_day_that_its_template_tells_and_a_fork_takes_it() throws IOException {
        String dated = "{{ strftime_now('%d %B %Y') }} {% for m in messages %}{{ m['content'] + '\n' }}{% endfor %}";
        List<String> adapters = withTemplate(dated);
        String today = LocalDate.now(ZoneOffset.UTC).toString();
        String id = sent(adapters)
                .statusCode(201)
                .body("settings.prompt_date", equalTo(today))
                .extract()
                .path("id");
        ended(id);
        QuarkusTransaction.requiringNew()
                .run(() -> CompositionRun.getEntityManager()
                        .createNativeQuery(
                                "update composition_run set spec = jsonb_set(cast(spec as jsonb), '{prompt_date}',"
                                        + " '\"2024-02-29\"') where id = ?1")
                        .setParameter(1, UUID.fromString(id))
                        .executeUpdate());

        String fork = sent(adapters, "fork_of", id)
                .statusCode(201)
                .body("settings.prompt_date", equalTo("2024-02-29"))
                .extract()
                .path("id");
        ended(fork);
        assertThat(recipe(fork).getString("prompt.date")).isEqualTo("2024-02-29");
        sent(adapters, "fork_of", id, "prompt", "plain").statusCode(201).body("settings", not(hasKey("prompt_date")));
    }

    @Test
    void a_repeated_request_is_the_same_run_and_one_that_names_its_format_another() {
        List<String> adapters = llama();
        String id =
                posted("prompt", request(adapters)).statusCode(201).extract().path("id");

        posted("prompt", request(adapters)).statusCode(201).body("id", equalTo(id));
        posted("prompt", request(adapters, "prompt", "chat")).statusCode(422);
        posted("prompt", request(adapters, "prompt", "plain")).statusCode(422);
    }

    @Test
    void the_api_document_has_the_fields() {
        given().accept("application/json")
                .get("/api/v1/openapi")
                .then()
                .statusCode(200)
                .body("components.schemas.CreateRunRequest.properties.prompt.description", containsString("{input}"))
                .body("components.schemas.CreateRunRequest.properties", hasKey("system"))
                .body("components.schemas.RunSpec.properties", hasKey("prompt_date"));
    }
}
