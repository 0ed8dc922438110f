package io.lorahub.basemodel.page;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lorahub.account.Person;
import io.lorahub.account.Role;
import io.lorahub.basemodel.BaseModelRecord;
import io.lorahub.basemodel.registration.BaseModelRegistration;
import io.lorahub.demo.DemoHub;
import io.lorahub.testsupport.AsBrowser;
import io.lorahub.testsupport.Hub;
import io.lorahub.testsupport.PostgresResource;
import io.lorahub.testsupport.Reference;
import io.lorahub.uploadcheck.ModelChecks;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.Response;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jsoup.Jsoup;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Files that can't be a base model are refused beside the field of files; those of one that can't be used are checked and
 * then refused on the model's page. Both say why and what to do.
 */
@QuarkusTest
@QuarkusTestResource(PostgresResource.class)
class BaseModelUploadTest {

    private static final ObjectMapper JSON = new ObjectMapper();

    private final Hub hub;
    private final ModelChecks checks;
    private Person admin;

    BaseModelUploadTest(Hub hub, ModelChecks checks) {
        this.hub = hub;
        this.checks = checks;
    }

    @BeforeEach
    void start() {
        admin = hub.person(Role.ADMIN);
        checks.start();
    }

    @AfterEach
    void stop() {
        checks.stop();
    }

    static Stream<Arguments> unlike() {
        return Stream.of(
                wrong("a text", "There is no config.json among them; choose all files", files -> {
                    files.clear();
                    files.put("notes.txt", bytes("hello"));
                }),
                wrong("an adapter", "These are the files of an adapter. Choose those of a base model here", files -> {
                    files.clear();
                    files.putAll(folder(DemoHub.open().adaptersFolder().resolve("un")));
                }),
                wrong("GGUF", "model.gguf is a GGUF file, which LoraHub does not run. Choose the files of", files -> {
                    files.remove("model.safetensors");
                    files.put("model.gguf", bytes("GGUF"));
                }),
                wrong(
                        "no weights",
                        "There are no weights among them. Add model.safetensors, or all its shards with",
                        files -> files.remove("model.safetensors")));
    }

    static Stream<Arguments> unusable() {
        return Stream.of(
                wrong(
                        "a missing shard",
                        "its shard model-00002-of-00002.safetensors is missing; add the file",
                        BaseModelUploadTest::cutInShards),
                wrong(
                        "an empty configuration",
                        "config.json names no family (model_type), so it isn't a model's; get the model's own again.",
                        files -> files.put("config.json", bytes("{}"))),
                wrong(
                        "a broken configuration",
                        "config.json isn't valid JSON: line 1, column 8: Unexpected end-of-input in field name. Save or"
                                + " upload it again.",
                        files -> files.put("config.json", bytes("{\"model"))),
                wrong(
                        "an unknown family",
                        "The model is of the family \"mamba\", which LoraHub does not run. It runs gemma, gemma2",
                        config(c -> c.put("model_type", "mamba"))),
                wrong(
                        "a mixture of experts",
                        "The model (mixtral) is a mixture of experts, which LoraHub does not run. Use a dense model.",
                        config(c -> c.put("model_type", "mixtral").put("num_local_experts", 8))),
                wrong(
                        "quantised weights",
                        "The model is quantised (bitsandbytes), which LoraHub does not run. Use the original weights",
                        config(c -> c.putObject("quantization_config").put("quant_method", "bitsandbytes"))),
                wrong(
                        "a part of the weights",
                        "model.safetensors cannot be used: it is incomplete",
                        files -> files.computeIfPresent(
                                "model.safetensors", (name, all) -> Arrays.copyOf(all, all.length - 1000))),
                wrong(
                        "weights of another model",
                        "model.embed_tokens.weight has the shape [384, 48], but config.json calls for [384, 64]. Weights and config.json belong to"
                                + " different models.",
                        config(c -> c.put("hidden_size", 64))),
                wrong(
                        "too few layers",
                        "There are 47 more problems; lorahub inspect lists them.",
                        config(c -> c.put("num_hidden_layers", 9))),
                wrong("no tokenizer", "There is no tokenizer.json. Save the tokenizer", files -> {
                    files.remove("tokenizer.json");
                    files.put("tokenizer.model", new byte[] {1, 2});
                }),
                wrong(
                        "a broken chat template",
                        "Get the template again, or leave it out; the model then reads plain prompts.",
                        files -> files.put("chat_template.jinja", bytes("{% if %}"))));
    }

    private static Arguments wrong(String what, String message, Consumer<Map<String, byte[]>> change) {
        return Arguments.of(what, message, change);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("unlike")
    void what_is_no_model_is_named_beside_the_files(String what, String message, Consumer<Map<String, byte[]>> change) {
        Map<String, byte[]> files = folder(Reference.path("causal/models/llama"));
        change.accept(files);
        String name = "test/upload-" + UUID.randomUUID();

        Response answer = send(name, files);

        assertThat(answer.statusCode()).isEqualTo(422);
        assertThat(Jsoup.parse(answer.asString()).select("#f-files-error").text())
                .contains(message)
                .doesNotContain("/tmp");
        assertThat(BaseModelRegistration.named(name)).isEmpty();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("unusable")
    void what_is_no_usable_model_is_named_on_its_page(
            String what, String message, Consumer<Map<String, byte[]>> change) {
        Map<String, byte[]> files = folder(Reference.path("causal/models/llama"));
        change.accept(files);
        String name = "test/upload-" + UUID.randomUUID();

        Response answer = send(name, files);

        assertThat(answer.statusCode()).as(answer.asString()).isEqualTo(303);
        ModelChecks.awaitEnd(name);
        String page =
                AsBrowser.given(hub.session(admin)).get("/base-models/" + name).asString();
        assertThat(Jsoup.parse(page).select("#facts").text())
                .contains("Refused", message)
                .doesNotContain("/tmp")
                .hasSizeLessThan(800);
        assertThat(BaseModelRecord.named(name)).isEmpty();
    }

    @Test
    void the_same_files_without_a_fault_are_registered() {
        String name = "test/upload-" + UUID.randomUUID();

        Response answer = send(name, folder(Reference.path("causal/models/llama")));

        assertThat(answer.statusCode()).as(answer.asString()).isEqualTo(303);
        assertThat(ModelChecks.awaitModel(name).modelType).isEqualTo("llama");
        QuarkusTransaction.requiringNew()
                .run(() -> BaseModelRecord.named(name).orElseThrow().delete());
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private Response send(String name, Map<String, byte[]> files) {
        var request = AsBrowser.given(hub.session(admin)).multiPart("name", name);
        for (var file : files.entrySet()) request = request.multiPart("files", file.getKey(), file.getValue());
        return request.post("/admin/base-models/upload");
    }

    private static void cutInShards(Map<String, byte[]> files) {
        byte[] weights = files.remove("model.safetensors");
        files.put("model-00001-of-00002.safetensors", weights);
        ObjectNode index = JSON.createObjectNode();
        ObjectNode map = index.putObject("weight_map");
        for (String tensor : List.of("model.embed_tokens.weight", "model.norm.weight")) {
            map.put(tensor, "model-00001-of-00002.safetensors");
        }
        map.put("lm_head.weight", "model-00002-of-00002.safetensors");
        files.put("model.safetensors.index.json", bytes(index.toString()));
    }

    private static Consumer<Map<String, byte[]>> config(Consumer<ObjectNode> change) {
        return files -> {
            try {
                JsonNode config = JSON.readTree(files.get("config.json"));
                change.accept((ObjectNode) config);
                files.put("config.json", JSON.writeValueAsBytes(config));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        };
    }

    private static Map<String, byte[]> folder(Path folder) {
        Map<String, byte[]> files = new LinkedHashMap<>();
        try (Stream<Path> list = Files.list(folder)) {
            for (Path file : list.sorted().toList()) {
                files.put(file.getFileName().toString(), Files.readAllBytes(file));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return files;
    }
}
