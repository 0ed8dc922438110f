package io.lorahub.uploadcheck;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.lorahub.adapter.AdapterFacts;
import io.lorahub.basemodel.BaseModelRecord;
import io.lorahub.storage.HeldBlobs;
import io.lorahub.storage.StagedFolder;
import io.lorahub.testsupport.AsBrowser;
import io.lorahub.testsupport.PostgresResource;
import io.lorahub.testsupport.Reference;
import io.lorahub.testsupport.UploadForm;
import io.lorahub.upload.UploadState;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Uploads of adapters that bring the embedding or output layer, or name a copy of a registered base model. */
@QuarkusTest
@QuarkusTestResource(PostgresResource.class)
class SavedWeightsTest extends UploadCheckFixture {

    SavedWeightsTest(UploadCheckParts parts) {
        super(parts);
    }

    @BeforeEach
    void register() throws IOException {
        for (String name : new String[] {"llama", "llama-tied", "gpt2", "gpt-neox"}) {
            StagedFolder files = StagedFolder.of(store, Reference.path("causal/models/" + name), file -> true);
            try (HeldBlobs held = files.publish(blobs)) {
                QuarkusTransaction.requiringNew().run(() -> register("saved/" + name, name, files));
            }
        }
    }

    private static void register(String name, String type, StagedFolder files) {
        if (BaseModelRecord.named(name).isPresent()) return;
        BaseModelRecord entry = new BaseModelRecord();
        entry.name = name;
        entry.modelType = type;
        entry.parameters = 60_000;
        entry.bytes = 240_000;
        entry.files = files.hashes();
        entry.persist();
    }

    @AfterEach
    void remove() {
        QuarkusTransaction.requiringNew()
                .run(() -> BaseModelRecord.<BaseModelRecord>list("name like 'saved/%'")
                        .forEach(BaseModelRecord::delete));
    }

    @ParameterizedTest
    @CsvSource({
        "saved-unchanged, llama, PASSED, equals model.embed_tokens.weight of the base model and is ignored.",
        "saved-unchanged-bf16, llama-tied, PASSED, equals model.embed_tokens.weight of the base model and is ignored.",
        "saved-unchanged-gpt2, gpt2, PASSED, equals transformer.wte.weight of the base model and is ignored.",
        "saved-unchanged-neox, gpt-neox, PASSED, equals embed_out.weight of the base model and is ignored.",
        "saved-trained, llama, PASSED, lm_head.weight was trained (modules_to_save): it replaces lm_head.weight of the base model",
        "saved-resized, llama-tied, FAILED, the vocabulary was changed in training",
        "saved-unchanged, none, PASSED, saved/none is not registered with this hub"
    })
    void saved_weights_are_compared_with_the_registered_model(
            String adapter, String base, UploadState state, String message) throws IOException {
        send(adapter, "saved/" + base);

        examination.of(upload);

        assertThat(stored().getState()).as(stored().findings.toString()).isEqualTo(state);
        assertThat(stored().findings.toString()).contains(message);
    }

    @Test
    void the_page_says_what_a_copy_could_mean_only_until_it_is_compared() throws IOException {
        String forecast = "If it equals the base model's, it is ignored; otherwise it replaces the base model's.";
        send("saved-trained", "saved/llama");
        examination.of(upload);
        assertThat(page().select("#checks").text())
                .contains("lm_head.weight was trained (modules_to_save): it replaces lm_head.weight")
                .doesNotContain(forecast);

        send("saved-trained", "saved/none");
        examination.of(upload);
        assertThat(page().select("#checks").text()).contains(forecast);
    }

    @Test
    void the_page_names_further_trained_modules_in_one_line() throws IOException {
        sendFrom(Reference.path("saved-modules/both"), "saved/llama");
        examination.of(upload);
        assertThat(page().select("#checks").text())
                .contains("lm_head.weight was trained (modules_to_save)")
                .contains("1 more of the same kind: base_model.model.model.embed_tokens.weight.");
    }

    @Test
    void the_facts_name_the_modules_that_were_trained() throws IOException {
        send("saved-trained", "saved/llama");
        examination.of(upload);
        assertThat(new AdapterFacts(stored().facts).replacedModules()).containsExactly("lm_head");
    }

    @Test
    void the_facts_name_modules_that_could_not_be_compared() throws IOException {
        send("saved-trained", "saved/none");
        examination.of(upload);
        AdapterFacts facts = new AdapterFacts(stored().facts);
        assertThat(facts.replacedModules()).isEmpty();
        assertThat(facts.mayReplaceModules()).isTrue();
    }

    @Test
    void a_registered_model_is_suggested_for_its_quantised_copy() throws IOException {
        send("patterns", "unsloth/llama-bnb-4bit");

        examination.of(upload);

        assertThat(page().select("#checks").text())
                .contains(
                        "unsloth/llama-bnb-4bit is not registered with this hub, but saved/llama is, which looks like the same model before quantisation.");
        String suggested = page().select("#f-base").attr("value");
        assertThat(suggested).isEqualTo("saved/llama");

        AsBrowser.given(session).formParam("base_model", suggested).post(page + "/base-model");
        examination.of(upload);

        JsonNode shapes = stored().findings.findParents("id").stream()
                .filter(check -> check.get("id").asText().equals("base-shapes"))
                .findFirst()
                .orElseThrow();
        assertThat(shapes.get("state").asText()).isEqualTo("passed");
    }

    private void send(String adapter, String base) throws IOException {
        sendFrom(Reference.path("causal-saved/" + adapter), base);
    }

    private void sendFrom(Path from, String base) throws IOException {
        Path own = Files.createDirectories(dir.resolve("saved"));
        Files.copy(
                from.resolve("adapter_model.safetensors"),
                own.resolve("adapter_model.safetensors"),
                StandardCopyOption.REPLACE_EXISTING);
        String config = Files.readString(from.resolve("adapter_config.json"));
        Files.writeString(
                own.resolve("adapter_config.json"),
                config.replaceFirst("(\"base_model_name_or_path\": )\"[^\"]*\"", "$1\"" + base + "\""));
        page = UploadForm.send(session, own);
        upload = UUID.fromString(page.substring("/uploads/".length()));
    }
}
