package io.lorahub.cli.export;

import static io.lorahub.testsupport.AdapterBuilder.anAdapter;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.lorahub.cli.Run;
import io.lorahub.cli.terminal.ExitCode;
import io.lorahub.engine.lora.LoraAdapter;
import io.lorahub.testsupport.Reference;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExportCommandTest {

    private static final Path BASE = Reference.path("causal/models/llama");
    private static final Path ADAPTERS = Reference.path("causal/adapters/llama");

    @TempDir
    Path dir;

    @Test
    void a_rank_that_the_program_does_not_accept_is_a_wrong_option() {
        Run run = Run.of("export", ADAPTERS.resolve("b"), "--for", "vllm", "--rank", "600", "--out", dir.resolve("no"));

        assertThat(run.code()).isEqualTo(ExitCode.USAGE);
        assertThat(run.err()).contains("vLLM loads ranks up to 512 (got 600).");
    }

    @Test
    void one_of_a_folder_of_adapters_has_to_be_named() {
        Run run = Run.of("export", ADAPTERS, "--for", "vllm", "--out", dir.resolve("no"));

        assertThat(run.code()).isEqualTo(ExitCode.INPUT);
        assertThat(run.err().replaceAll("\\s+", " "))
                .contains(" is a folder of adapters; name one of them, such as " + ADAPTERS.resolve("a"));
    }

    @Test
    void a_base_model_without_an_owner_is_a_placeholder_in_the_command() {
        Run run = Run.of("export", ADAPTERS.resolve("b"), "--for", "vllm", "--out", dir.resolve("out"));

        assertThat(run.out()).contains("vllm serve BASE_MODEL --enable-lora");
    }

    @Test
    void a_base_model_that_is_known_only_by_name_is_said_to_come_from_a_hub() {
        Path adapter =
                anAdapter().with("base_model_name_or_path", "\"mia/base\"").in(dir, "named");

        Run run = Run.of("export", adapter, "--for", "peft", "--out", dir.resolve("out"));

        assertThat(run.out()).contains("from_pretrained(\"mia/base\")");
        assertThat(run.out().replaceAll("\\s+", " "))
                .contains("loads the base model mia/base from huggingface.co. If another hub has it, set HF_ENDPOINT");
        Run folder =
                Run.of("export", ADAPTERS.resolve("b"), "--for", "peft", "--base", BASE, "--out", dir.resolve("out-b"));
        assertThat(folder.out()).doesNotContain("HF_ENDPOINT");
    }

    @Test
    void export_says_what_it_did_and_how_to_serve_it() {
        Path out = dir.resolve("out");
        Run run = Run.of("export", ADAPTERS.resolve("b"), "--for", "vllm", "--base", BASE, "--out", out);
        assertThat(run.code()).as(run.err()).isZero();
        assertThat(run.out().replaceAll("\\s+", " "))
                .contains(
                        "for vLLM: adapter_config.json and adapter_model.safetensors in 21 modules, rank 3, lossless.")
                .doesNotContain("padded")
                .contains("vllm serve " + BASE + " --enable-lora \\ --lora-modules b=" + out);
        try (LoraAdapter written = LoraAdapter.load(out)) {
            assertThat(written.config().scaling().rank()).isEqualTo(3);
        }
        Run again = Run.of("export", ADAPTERS.resolve("b"), "--for", "vllm", "--base", BASE, "--out", out);
        assertThat(again.code()).isEqualTo(ExitCode.INPUT);
        assertThat(again.err()).contains("is not empty");
    }

    @Test
    void json_has_the_same_facts() throws IOException {
        Path out = dir.resolve("out");
        JsonNode json = Run.of(
                        "export",
                        ADAPTERS.resolve("a"),
                        "--for",
                        "ollama",
                        "--base",
                        BASE,
                        "--from",
                        "tiny",
                        "--dtype",
                        "float16",
                        "--out",
                        out,
                        "--json")
                .json();
        assertThat(json.get("program").asText()).isEqualTo("ollama");
        assertThat(json.get("rank").asInt()).isEqualTo(4);
        assertThat(json.get("dtype").asText()).isEqualTo("float16");
        assertThat(json.get("relative_error").asDouble()).isBetween(1e-6, 1e-2);
        assertThat(json.get("command").asText())
                .isEqualTo("ollama create a -f %s/Modelfile\nollama run a".formatted(out));
        assertThat(Files.readString(out.resolve("Modelfile"))).startsWith("FROM tiny\n");
    }

    @Test
    void what_cannot_be_done_is_said_by_name() {
        Path t5 = anAdapter().in(dir, "t5");
        Run refused = Run.of("export", t5, "--for", "sglang", "--out", dir.resolve("x"));
        assertThat(refused.code()).isEqualTo(ExitCode.INPUT);
        assertThat(refused.err().replaceAll("\\s+", " "))
                .contains(
                        "can't be exported for SGLang: SGLang doesn't load adapters for models of the family t5, only for");
        Run program = Run.of("export", t5, "--for", "vlm", "--out", dir.resolve("x"));
        assertThat(program.code()).isEqualTo(ExitCode.USAGE);
        assertThat(program.err())
                .contains("use one of peft, vllm, sglang, lorax, llama.cpp, mlx, ollama (got \"vlm\")");
        Run from = Run.of("export", t5, "--for", "peft", "--from", "x", "--out", dir.resolve("x"));
        assertThat(from.err()).contains("--from only works with --for ollama.");
        Run nothing = Run.of("export", dir.resolve("none"), "--for", "peft", "--out", dir.resolve("x"));
        assertThat(nothing.code()).isEqualTo(ExitCode.INPUT);
        assertThat(dir.resolve("x")).doesNotExist();
    }
}
