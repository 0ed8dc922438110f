package io.lorahub.composition.publication;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.matchesPattern;
import static org.hamcrest.Matchers.not;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.lorahub.account.AccessToken.Scope;
import io.lorahub.account.Person;
import io.lorahub.account.Role;
import io.lorahub.adapter.Adapter;
import io.lorahub.adapter.AdapterFacts;
import io.lorahub.engine.learning.Example;
import io.lorahub.engine.learning.LearningOutcome;
import io.lorahub.engine.learning.LearningSession;
import io.lorahub.engine.learning.Scorer;
import io.lorahub.engine.lora.LoraAdapter;
import io.lorahub.engine.model.ComposedWeights;
import io.lorahub.engine.model.Compute;
import io.lorahub.engine.prompt.PromptChoice;
import io.lorahub.engine.prompt.PromptFormat;
import io.lorahub.testsupport.AsBrowser;
import io.lorahub.testsupport.DemoOnHub;
import io.lorahub.testsupport.Hub;
import io.lorahub.testsupport.PostgresResource;
import io.lorahub.testsupport.Reference;
import io.lorahub.testsupport.WithUploadChecks;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.http.ContentType;
import io.restassured.response.Response;
import io.restassured.specification.RequestSpecification;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Adapters with trained modules_to_save on a hub: refusals, merges, publication and files for other programs. */
@QuarkusTest
@QuarkusTestResource(PostgresResource.class)
@WithUploadChecks
class ReplacedModulesOnHubTest {

    private static final Duration SOON = Duration.ofMinutes(1);
    private static final String BASE = "replaced/llama";

    private final Hub hub;
    private final DemoOnHub demo;
    private Person member;
    private String head;
    private String both;
    private String plain;

    ReplacedModulesOnHubTest(Hub hub, DemoOnHub demo) {
        this.hub = hub;
        this.demo = demo;
    }

    @TempDir
    Path dir;

    @BeforeEach
    void publish() throws IOException {
        member = hub.person(Role.MEMBER);
        List<String> adapters = demo.publishSavedModules(member, BASE, named(BASE), "head", "both", "plain-llama");
        head = adapters.get(0);
        both = adapters.get(1);
        plain = adapters.get(2);
    }

    /** The adapters, naming a base model as their training programs would. */
    private Path named(String base) throws IOException {
        Path folder = Files.createDirectories(dir.resolve("adapters"));
        for (String name : List.of("head", "both", "plain-llama")) {
            Path from = Reference.path("saved-modules/" + name);
            Path own = Files.createDirectories(folder.resolve(name));
            Files.copy(from.resolve("adapter_model.safetensors"), own.resolve("adapter_model.safetensors"));
            String config = Files.readString(from.resolve("adapter_config.json"));
            Files.writeString(
                    own.resolve("adapter_config.json"),
                    config.replaceFirst("(\"base_model_name_or_path\": )\"[^\"]*\"", "$1\"" + base + "\""));
        }
        return folder;
    }

    private RequestSpecification api() {
        return given().auth().oauth2(hub.token(member, Scope.WRITE)).contentType(ContentType.JSON);
    }

    /** Pairs of words that the adapter alone knows much better than the base model, so that a search finds it. */
    private static List<Map<String, String>> examples() {
        List<String> words = List.of("red", "one", "cat", "up", "sea", "ten", "dogs", "blue");
        List<Example> pairs = words.stream()
                .flatMap(input -> words.stream().map(output -> new Example(input, output)))
                .toList();
        try (LearningSession session = LearningSession.open(
                        Reference.path("causal/models/llama"),
                        List.of(LoraAdapter.load(Reference.path("saved-modules/head"))),
                        ComposedWeights.EXACT,
                        Compute.cpu(),
                        PromptChoice.of(PromptFormat.PLAIN, null));
                Scorer scorer = session.scorer(session.encode(pairs))) {
            List<LearningOutcome> alone = scorer.outcomes(new double[] {1}, false);
            List<LearningOutcome> base = scorer.outcomes(new double[] {0}, false);
            return IntStream.range(0, pairs.size())
                    .boxed()
                    .sorted(Comparator.comparingDouble(
                            i -> alone.get(i).loss() - base.get(i).loss()))
                    .limit(3)
                    .map(i -> Map.of(
                            "input",
                            pairs.get(i).input(),
                            "output",
                            pairs.get(i).output()))
                    .toList();
        }
    }

    private Map<String, Object> run(List<String> candidates) {
        return Map.of(
                "title",
                "with a head",
                "candidates",
                candidates,
                "budget",
                8,
                "prompt",
                "plain",
                "examples",
                examples());
    }

    private String config(byte[] zip) throws IOException {
        try (ZipInputStream in = new ZipInputStream(new ByteArrayInputStream(zip))) {
            for (ZipEntry entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
                if (entry.getName().endsWith("adapter_config.json")) {
                    return new ObjectMapper()
                            .readTree(in.readAllBytes())
                            .get("modules_to_save")
                            .toString();
                }
            }
        }
        throw new AssertionError("no configuration");
    }

    @Test
    void two_such_adapters_are_refused_before_anything_is_queued() {
        String why = "%s and %s both replace whole modules of the base model (lm_head; lm_head, model.embed_tokens)"
                .formatted(head, both);
        api().body(run(List.of(head, both)))
                .post("/api/v1/runs")
                .then()
                .statusCode(422)
                .body("causes[0].field", equalTo("candidates"))
                .body("causes[0].message", containsString(why));
        api().body(merge(head, both))
                .post("/api/v1/merges")
                .then()
                .statusCode(422)
                .body("causes[0].message", containsString(why));
    }

    private static Map<String, Object> merge(String one, String two) {
        return Map.of(
                "candidates", List.of(Map.of("adapter", one, "weight", 0.6), Map.of("adapter", two, "weight", -0.8)));
    }

    @Test
    void a_merge_is_published_with_them_and_exported_for_PEFT_only() throws IOException {
        Response begun = api().body(merge(head, plain)).post("/api/v1/merges");
        begun.then().statusCode(201);
        String merge = "/api/v1/merges/" + begun.path("id");
        await().atMost(SOON)
                .until(() ->
                        List.of("succeeded", "failed").contains(api().get(merge).path("state")));
        assertThat(api().get(merge).<String>path("failure")).isNull();

        Response sent =
                api().body(Map.of("name", "mixed", "visibility", "unlisted")).post(merge + "/publication");
        sent.then().statusCode(202);
        String upload = sent.path("url");
        await().atMost(SOON)
                .until(() -> List.of("published", "failed")
                        .contains(api().get(upload).path("state")));
        assertThat(api().get(upload).<String>path("state"))
                .as(api().get(upload).asString())
                .isEqualTo("published");
        AdapterFacts facts = QuarkusTransaction.requiringNew()
                .call(() -> new AdapterFacts(
                        Adapter.at(member.name, "mixed").orElseThrow().newest().facts));
        assertThat(facts.replacedModules()).containsExactly("lm_head");
        String address = member.name + "/mixed";
        String session = hub.session(member);
        AsBrowser.given(session)
                .get("/" + address)
                .then()
                .body(matchesPattern("(?s).*<dt>Fully trained</dt>\\s*<dd>\\s*lm_head.*"))
                .body(containsString("of the base model as a whole, as one of its parts does."));
        String export = "/api/v1/adapters/" + address + "/versions/1.0.0/export";
        api().queryParam("for", "vllm")
                .get(export)
                .then()
                .statusCode(422)
                .body("causes[0].message", containsString("replaces lm_head of the base model as a whole"));
        Response[] zip = new Response[1];
        await().atMost(SOON).until(() -> {
            zip[0] = api().queryParam("for", "peft").get(export);
            return zip[0].statusCode() != 503;
        });
        assertThat(zip[0].statusCode()).as(zip[0].asString()).isEqualTo(200);
        assertThat(config(zip[0].asByteArray())).isEqualTo("[\"lm_head\"]");
    }

    @Test
    void a_run_computes_with_them_and_its_adapter_which_only_PEFT_loads_has_them() throws IOException {
        Response created = api().body(run(List.of(head))).post("/api/v1/runs");
        created.then().statusCode(201);
        String id = created.path("id");
        String run = "/api/v1/runs/" + id;
        await().atMost(SOON)
                .until(() ->
                        List.of("succeeded", "failed").contains(api().get(run).path("state")));

        Response ended = api().get(run);
        assertThat(ended.<String>path("state")).as(ended.asString()).isEqualTo("succeeded");
        assertThat(ended.jsonPath().<Number>get("result.weights.'" + head + "'").doubleValue())
                .isNotZero();
        byte[] zip = api().get(run + "/files/adapter.zip").asByteArray();
        assertThat(config(zip)).isEqualTo("[\"lm_head\"]");
        String session = hub.session(member);
        String page = "/runs/" + id + "/result";
        AsBrowser.given(session)
                .get(page)
                .then()
                .statusCode(200)
                .body(containsString("The mix replaces lm_head of the base model as a whole, as " + head + " does."))
                .body(containsString("Only PEFT can load modules that replace the base model's."))
                .body(not(containsString("<option value=\"vllm\">")));
        String why = "The mix replaces lm_head of the base model as a whole (modules_to_save), which only PEFT loads."
                + " Create the full model on the result's page.";
        api().queryParam("for", "vllm")
                .get(run + "/export")
                .then()
                .statusCode(422)
                .contentType("application/problem+json")
                .body("causes[0].field", equalTo("for"))
                .body("causes[0].message", equalTo(why));
        AsBrowser.given(session)
                .redirects()
                .follow(false)
                .formParam("for", "vllm")
                .post(page + "/export")
                .then()
                .statusCode(422)
                .body(containsString("The mix replaces lm_head of the base model as a whole (modules_to_save)"));
        Response tried = AsBrowser.given(session)
                .redirects()
                .follow(false)
                .formParam("input", "red")
                .post(page + "/try");
        assertThat(tried.statusCode()).isEqualTo(303);
        String asked =
                tried.header("Location").replaceFirst("^https?://[^/]+", "").replaceFirst("#.*", "");
        await().atMost(SOON)
                .until(() -> !AsBrowser.given(session).get(asked).asString().contains("hx-trigger=\"every"));
        AsBrowser.given(session)
                .redirects()
                .follow(false)
                .formParam("rank", "0")
                .post(page + "/export")
                .then()
                .statusCode(303);
    }
}
