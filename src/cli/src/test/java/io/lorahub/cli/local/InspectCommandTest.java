package io.lorahub.cli.local;

import static io.lorahub.testsupport.AdapterBuilder.anAdapter;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.lorahub.cli.Run;
import io.lorahub.cli.terminal.ExitCode;
import io.lorahub.demo.DemoHub;
import io.lorahub.testsupport.Reference;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class InspectCommandTest {

    private static final DemoHub HUB = DemoHub.open();

    @TempDir
    Path folder;

    @Test
    void a_sound_adapter_ends_with_0() {
        Run run = Run.of("inspect", HUB.adaptersFolder().resolve("un"));
        assertThat(run.code()).isEqualTo(ExitCode.OK);
        assertThat(run.out())
                .contains(
                        "LoRA adapter",
                        "rank, alpha  8, 16",
                        "q v in 24 modules",
                        "Sound. Use --base DIR to check that it fits its base model.");
    }

    @Test
    void an_adapter_of_another_family_is_not_said_to_be_composable(@TempDir Path place) {
        Path bert = anAdapter()
                .adapting("encoder.layer.0.attention.self.query", "encoder.layer.0.attention.self.value")
                .with("target_modules", "[\"query\", \"value\"]")
                .in(place, "bert");
        Run run = Run.of("inspect", bert);
        assertThat(run.code()).as(run.out()).isZero();
        assertThat(run.out().replaceAll("\\s+", " "))
                .contains("LoraHub runs no model with these modules")
                .doesNotContain("--base DIR tells");
    }

    @Test
    void json_has_everything() {
        Run run = Run.of("inspect", HUB.adaptersFolder().resolve("un"), "--base", HUB.base(), "--json");
        JsonNode json = run.json();
        assertThat(json.get("kind").textValue()).isEqualTo("adapter");
        assertThat(json.get("sound").booleanValue()).isTrue();
        assertThat(json.get("findings")).isEmpty();
        assertThat(json.get("adapter").get("base_model").textValue()).isEqualTo(DemoHub.BASE_MODEL);
        assertThat(json.get("adapter").get("layers")).hasSize(24);
        assertThat(json.get("adapter")
                        .get("sha256")
                        .get("adapter_model.safetensors")
                        .textValue())
                .hasSize(64);
        assertThat(json.get("model").get("model_type").textValue()).isEqualTo("t5");
    }

    @Test
    void a_base_model_is_one_too() {
        Run run = Run.of("inspect", HUB.base());
        assertThat(run.code()).as(run.out()).isEqualTo(ExitCode.OK);
        assertThat(run.out()).contains("base model", "4 + 4 layers, width 128, 4 heads");
    }

    @ParameterizedTest
    @ValueSource(strings = {"dora", "pissa"})
    void faults_end_with_1_and_come_with_their_fix(String variant) {
        Run run = Run.of("inspect", Reference.path("adapters/" + variant));
        assertThat(run.code()).isEqualTo(ExitCode.FINDINGS);
        assertThat(run.out()).containsPattern("\\d+ errors?\n  - ").doesNotContain("Sound.");
        JsonNode json = Run.of("inspect", Reference.path("adapters/" + variant), "--json")
                .json();
        assertThat(json.get("sound").booleanValue()).isFalse();
        assertThat(json.get("findings").get(0).get("severity").textValue()).isEqualTo("error");
        assertThat(json.get("findings").get(0).get("fix").textValue()).isNotBlank();
    }

    @Test
    void a_file_that_was_cut_off_comes_with_one_advice() throws IOException {
        Path un = HUB.adaptersFolder().resolve("un");
        Path cut = Files.createDirectory(folder.resolve("cut"));
        Files.copy(un.resolve("adapter_config.json"), cut.resolve("adapter_config.json"));
        byte[] weights = Files.readAllBytes(un.resolve("adapter_model.safetensors"));
        for (int bytes : new int[] {weights.length - 100, 200}) {
            Files.write(cut.resolve("adapter_model.safetensors"), Arrays.copyOf(weights, bytes));
            Run run = Run.of("inspect", cut);
            assertThat(run.code()).isEqualTo(ExitCode.FINDINGS);
            assertThat(run.out().replaceAll("\\s+", " "))
                    .contains("cannot be used: it is incomplete: ", " Save, download or upload it again.")
                    .containsOnlyOnce("again");
        }
    }

    @Test
    void another_base_model_is_a_fault() {
        Run run =
                Run.of("inspect", HUB.adaptersFolder().resolve("un"), "--base", Reference.path("models/t5-v1.1-gated"));
        assertThat(run.code()).isEqualTo(ExitCode.FINDINGS);
    }

    @Test
    void a_path_where_there_is_nothing_cannot_be_used() {
        Run run = Run.of("inspect", "no/such/place");
        assertThat(run.code()).isEqualTo(ExitCode.INPUT);
        assertThat(run.err()).isEqualTo("lorahub: no/such/place doesn't exist.\n");
        assertThat(Run.of("inspect", "no/such/place", "--json").code()).isEqualTo(ExitCode.INPUT);
    }
}
