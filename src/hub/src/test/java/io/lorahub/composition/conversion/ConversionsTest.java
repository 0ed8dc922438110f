package io.lorahub.composition.conversion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.endsWith;
import static org.hamcrest.Matchers.not;

import io.lorahub.account.AccessToken.Scope;
import io.lorahub.account.Person;
import io.lorahub.account.Role;
import io.lorahub.adapter.Adapter;
import io.lorahub.adapter.Visibility;
import io.lorahub.composition.CompositionRun;
import io.lorahub.composition.task.TaskRequest;
import io.lorahub.composition.task.WorkerTask;
import io.lorahub.engine.lora.LoraAdapter;
import io.lorahub.testsupport.AsBrowser;
import io.lorahub.testsupport.DemoOnHub;
import io.lorahub.testsupport.FinishedRuns;
import io.lorahub.testsupport.Hub;
import io.lorahub.testsupport.PostgresResource;
import io.lorahub.testsupport.Reference;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.RestAssured;
import io.restassured.response.Response;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Adapters as other programs load them: a Llama of three layers, whose adapter b has rank 3 and rsLoRA, and the demo's T5. */
@QuarkusTest
@QuarkusTestResource(PostgresResource.class)
class ConversionsTest {

    private static final Duration SOON = Duration.ofSeconds(60);
    private static final String BASE = "conversions/decoder";

    private final Hub hub;
    private final DemoOnHub demo;
    private final FinishedRuns finished;
    private Person owner;
    private String adapter;

    @TempDir
    Path folder;

    ConversionsTest(Hub hub, DemoOnHub demo, FinishedRuns finished) {
        this.hub = hub;
        this.demo = demo;
        this.finished = finished;
    }

    @BeforeEach
    void publish() {
        owner = hub.person(Role.MEMBER);
        adapter = demo.publishCausal(owner, BASE, Reference.path("causal/models/llama"))
                .get(1);
    }

    private static String api(String address) {
        return "/api/v1/adapters/" + address + "/versions/1.0.0/export";
    }

    private static String page(String address) {
        return "/" + address + "/export/1.0.0";
    }

    /** As curl --retry does it. */
    private static Response got(String path, String program, String token) {
        Response[] last = new Response[1];
        await().atMost(SOON).until(() -> {
            var request = token == null
                    ? RestAssured.given()
                    : RestAssured.given().auth().oauth2(token);
            last[0] = request.queryParam("for", program).get(path);
            if (last[0].statusCode() == 503)
                assertThat(last[0].header("Retry-After")).isEqualTo("2");
            return last[0].statusCode() != 503;
        });
        return last[0];
    }

    private static Map<String, byte[]> files(Response zip) throws IOException {
        Map<String, byte[]> files = new TreeMap<>();
        try (ZipInputStream in = new ZipInputStream(new ByteArrayInputStream(zip.asByteArray()))) {
            for (ZipEntry entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
                files.put(entry.getName(), in.readAllBytes());
            }
        }
        return files;
    }

    @Test
    void a_program_gets_a_zip_and_reads_what_was_changed() throws IOException {
        Response zip = got(api(adapter), "vllm", null);

        zip.then()
                .statusCode(200)
                .header("Content-Type", "application/zip")
                .header("LoraHub-Rank", "3")
                .header("LoraHub-Relative-Error", "0.0")
                .header("LoraHub-Changes", "\"The scale of rsLoRA is in the factors, so alpha is the rank.\"")
                .header("Content-Disposition", containsString("b-1.0.0-vllm.zip"));
        Map<String, byte[]> files = files(zip);
        assertThat(files.keySet())
                .containsExactly("b-1.0.0-vllm/adapter_config.json", "b-1.0.0-vllm/adapter_model.safetensors");
        for (String name : files.keySet()) {
            Files.write(folder.resolve(name.substring(name.indexOf('/') + 1)), files.get(name));
        }
        try (LoraAdapter written = LoraAdapter.load("b", folder)) {
            assertThat(written.modules()).hasSize(21).allSatisfy((name, module) -> {
                assertThat(module.rank()).isEqualTo(3);
                assertThat(module.scale()).isEqualTo(1);
            });
        }
    }

    @Test
    void the_files_are_made_once_for_everybody() {
        String first = got(api(adapter), "mlx", null).header("ETag");
        String again = got(api(adapter), "mlx", hub.token(owner, Scope.READ)).header("ETag");

        assertThat(again).isEqualTo(first);
        long made = QuarkusTransaction.requiringNew()
                .call(() -> WorkerTask.<WorkerTask>listAll().stream()
                        .flatMap(t -> t.question(TaskRequest.Convert.class).stream())
                        .filter(question -> question.program().equals("mlx"))
                        .filter(question -> version().newest().id.equals(question.version()))
                        .count());
        assertThat(made).isEqualTo(1);
        RestAssured.given()
                .queryParam("for", "mlx")
                .header("If-None-Match", first)
                .get(api(adapter))
                .then()
                .statusCode(304);
        RestAssured.given()
                .queryParam("for", "mlx")
                .header("Range", "bytes=0-3")
                .get(api(adapter))
                .then()
                .statusCode(206);
    }

    private Adapter version() {
        return Adapter.at(owner.name, "b").orElseThrow();
    }

    @Test
    void Ollama_gets_a_GGUF_file_and_a_Modelfile() throws IOException {
        Map<String, byte[]> files = files(got(api(adapter), "ollama", null));

        assertThat(files.get("b-1.0.0-ollama/adapter.gguf")).startsWith("GGUF".getBytes());
        assertThat(new String(files.get("b-1.0.0-ollama/Modelfile")))
                .isEqualTo("FROM %s%nADAPTER ./adapter.gguf%n".formatted(BASE));
    }

    @Test
    void an_unknown_program_and_one_that_cannot_serve_the_model_are_refused_at_once() {
        RestAssured.given()
                .queryParam("for", "word")
                .get(api(adapter))
                .then()
                .statusCode(422)
                .body(containsString("Use one of peft, vllm, sglang"));
        RestAssured.given().get(api(adapter)).then().statusCode(422).body(containsString("Name the program"));
        String t5 = demo.publish(owner, "un").get(0);
        RestAssured.given()
                .queryParam("for", "ollama")
                .get(api(t5))
                .then()
                .statusCode(422)
                .body(containsString("Ollama loads no adapters for models of the family t5"));
        got(api(t5), "peft", null).then().statusCode(200);
    }

    @Test
    void what_the_files_show_to_be_impossible_is_said_in_a_sentence() {
        long id = QuarkusTransaction.requiringNew().call(() -> {
            Adapter broken = Adapter.findById(hub.adapter(owner, Visibility.PUBLIC).id);
            broken.baseModel = BASE;
            broken.newest().files = new TreeMap<>(Map.of());
            return broken.id;
        });
        String address = QuarkusTransaction.requiringNew()
                .call(() -> Adapter.<Adapter>findById(id).address());

        got(api(address), "vllm", null)
                .then()
                .statusCode(422)
                .body(containsString("adapter_config.json"))
                .body(not(containsString("/tmp")));
    }

    @Test
    void private_adapters_are_converted_for_those_who_can_see_them() {
        QuarkusTransaction.requiringNew().run(() -> version().visibility = Visibility.PRIVATE);

        RestAssured.given().queryParam("for", "peft").get(api(adapter)).then().statusCode(404);
        got(api(adapter), "peft", hub.token(owner, Scope.READ))
                .then()
                .statusCode(200)
                .header("Cache-Control", "private, no-cache");
        AsBrowser.given().get(page(adapter)).then().statusCode(404);
        AsBrowser.given().get(page(adapter) + "/peft.zip").then().statusCode(404);
    }

    @Test
    void the_page_names_the_changes_before_the_download() {
        AsBrowser.given()
                .get(page(adapter))
                .then()
                .statusCode(200)
                .body(containsString("Accepts ranks up to 512."))
                .body(not(containsString(".zip\"")));
        AsBrowser.given().get(page(adapter) + "/llama.cpp.zip").then().statusCode(409);

        AsBrowser.given()
                .formParam("for", "llama.cpp")
                .post(page(adapter))
                .then()
                .statusCode(303)
                .header("Location", endsWith(page(adapter) + "#llama.cpp"));

        await().atMost(SOON)
                .until(() -> AsBrowser.given().get(page(adapter)).asString().contains("/llama.cpp.zip\""));
        AsBrowser.given()
                .get(page(adapter))
                .then()
                .body(containsString("The scale of rsLoRA is in the factors"))
                .body(containsString("The rows of q_proj and k_proj are in llama.cpp"))
                .body(containsString("llama-server -m base.gguf --lora ./b-1.0.0-llama.cpp/adapter.gguf"));
        AsBrowser.given().get(page(adapter) + "/llama.cpp.zip").then().statusCode(200);
        expire();
        AsBrowser.given()
                .get(page(adapter) + "/llama.cpp.zip")
                .then()
                .statusCode(409)
                .body(containsString("no longer kept"));
    }

    private void expire() {
        QuarkusTransaction.requiringNew()
                .run(() -> WorkerTask.<WorkerTask>listAll().stream()
                        .filter(t -> t.question(TaskRequest.Convert.class)
                                .filter(question -> version().newest().id.equals(question.version()))
                                .isPresent())
                        .forEach(t -> t.expiresAt = Instant.EPOCH));
    }

    @Test
    void the_result_of_a_run_is_converted_too() throws IOException {
        CompositionRun run = finished.of(owner, 0, "un", "past");
        String path = "/api/v1/runs/" + run.id + "/export";
        String token = hub.token(owner, Scope.READ);

        Response zip = got(path, "peft", token);

        zip.then().statusCode(200).header("Cache-Control", "private, no-cache");
        assertThat(files(zip).keySet())
                .containsExactly(
                        "un-past-peft/README.md",
                        "un-past-peft/adapter_config.json",
                        "un-past-peft/adapter_model.safetensors");
        RestAssured.given().queryParam("for", "peft").get(path).then().statusCode(404);
        RestAssured.given()
                .auth()
                .oauth2(token)
                .queryParam("for", "vllm")
                .get(path)
                .then()
                .statusCode(422)
                .body(containsString("vLLM loads no adapters for models of the family t5"));
    }

    @Test
    void an_adapter_of_a_model_that_the_hub_lacks_is_converted_where_that_is_possible() {
        QuarkusTransaction.requiringNew().run(() -> version().baseModel = "conversions/elsewhere");

        for (String program : List.of("lorax", "mlx")) {
            RestAssured.given()
                    .queryParam("for", program)
                    .get(api(adapter))
                    .then()
                    .statusCode(422)
                    .body(containsString("needs config.json of the base model conversions/elsewhere"));
        }
        got(api(adapter), "sglang", null).then().statusCode(200);
    }
}
