package io.lorahub.cli.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.lorahub.cli.Run;
import io.lorahub.demo.DemoHub;
import io.lorahub.testsupport.Reference;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The commands on a decoder-only model, whose numbers transformers and PEFT computed (reference/make_causal.py). */
class CausalCommandsTest {

    private static final JsonNode GOLDEN = Reference.json("causal.json");
    private static final Path BASE = Reference.path("causal/models/llama");
    private static final Path ADAPTERS = Reference.path("causal/adapters/llama");

    @TempDir
    Path dir;

    private Path examples;

    @BeforeEach
    void write() throws IOException {
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < GOLDEN.get("inputs").size(); i++) {
            lines.add(new ObjectMapper()
                    .writeValueAsString(Map.of(
                            "input", GOLDEN.get("inputs").get(i),
                            "output", GOLDEN.get("outputs").get(i))));
        }
        examples = Files.write(dir.resolve("examples.jsonl"), lines);
    }

    @ParameterizedTest
    @ValueSource(strings = {"plain", "chat"})
    void evaluate_gives_the_losses_of_the_reference(String prompt) {
        JsonNode merge = GOLDEN.at("/models/llama/merges/cat");
        List<String> words = new ArrayList<>(List.of("evaluate", "--json", "--predictions", "--prompt", prompt));
        words.addAll(List.of("--base", BASE.toString(), "--adapters", ADAPTERS.toString()));
        words.addAll(List.of("--examples", examples.toString()));
        merge.get("weights").fields().forEachRemaining(w -> {
            words.add("--adapter");
            words.add(w.getKey() + "=" + w.getValue());
        });

        JsonNode result = Run.of((Object) words.toArray(String[]::new)).json();

        JsonNode golden = merge.get(prompt).get("token_losses");
        assertThat(result.get("predictions")).hasSize(golden.size());
        for (int i = 0; i < golden.size(); i++) {
            double sum = 0;
            for (JsonNode loss : golden.get(i)) sum += loss.asDouble();
            assertThat(result.get("example_losses").get(i).asDouble())
                    .as("example %d", i)
                    .isCloseTo(sum / golden.get(i).size(), within(1e-4));
        }
    }

    @Test
    void a_run_is_written_with_its_prompt_and_ends_the_same_again() throws IOException {
        Path out = dir.resolve("mix");
        Run composed = Run.of(
                "compose",
                "--base",
                BASE,
                "--adapters",
                ADAPTERS,
                "--examples",
                examples,
                "--prompt",
                "plain",
                "--budget",
                "10",
                "--out",
                out);
        assertThat(out.resolve("adapter_model.safetensors")).as(composed.err()).exists();
        JsonNode recipe = new ObjectMapper().readTree(out.resolve("recipe.json").toFile());
        assertThat(recipe.get("prompt").get("format").asText()).isEqualTo("plain");
        JsonNode config =
                new ObjectMapper().readTree(out.resolve("adapter_config.json").toFile());
        assertThat(config.get("task_type").asText()).isEqualTo("CAUSAL_LM");

        assertThat(Run.of("replay", out.resolve("recipe.json"), "--json")
                        .json()
                        .get("same")
                        .asBoolean())
                .isTrue();
    }

    @Test
    void a_replay_can_read_inputs_in_another_format() throws IOException {
        Path out = dir.resolve("chat");
        Object[] inputs = {"--base", BASE, "--adapters", ADAPTERS, "--examples", examples};
        Run composed = Run.of(words("compose", inputs, "--prompt", "chat", "--system", "Be short.", "--out", out));
        Path recipe = out.resolve("recipe.json");
        assertThat(recipe).as(composed.err()).exists();

        JsonNode same = Run.of(words("replay", recipe, inputs, "--prompt", "chat", "--system", "Be short.", "--json"))
                .json();
        assertThat(same.get("same").asBoolean()).isTrue();
        assertThat(same.get("changes")).isEmpty();

        JsonNode other = Run.of(words("replay", recipe, inputs, "--prompt", "plain", "--json"))
                .json();
        assertThat(other.get("same").asBoolean()).isFalse();
        assertThat(other.get("changes"))
                .singleElement()
                .extracting(JsonNode::asText)
                .isEqualTo("the prompt format is plain, and in the recipe chat with the system text \"Be short.\".");

        JsonNode system = Run.of(words("replay", recipe, "--system", "Be loud.", "--json"))
                .json();
        assertThat(system.get("changes"))
                .singleElement()
                .extracting(JsonNode::asText)
                .isEqualTo("the prompt format is chat with the system text \"Be loud.\","
                        + " and in the recipe chat with the system text \"Be short.\".");

        Run wrong = Run.of("replay", recipe, "--prompt", "plain", "--system", "Be short.");
        assertThat(wrong.code()).isEqualTo(2);
        assertThat(wrong.err()).contains("A system text needs the prompt format chat");
    }

    @Test
    void generate_reads_the_prompt_format_beside_an_adapter_that_was_written_here() throws IOException {
        Object[] inputs = {"--base", BASE, "--adapters", ADAPTERS, "--examples", examples};
        Path terse = dir.resolve("terse");
        Run.of(words("compose", inputs, "--prompt", "chat", "--system", "Be short.", "--out", terse));
        Object[] use = {"generate", "--base", BASE, "--adapters", terse, "--input", "one", "--max-new-tokens", "8"};

        Run result = Run.of(use);
        assertThat(result.err())
                .contains("lorahub: using the prompt format of %s: chat, with the system text \"Be short.\""
                        .formatted(terse.resolve("recipe.json")));
        assertThat(result.out())
                .isEqualTo(Run.of(words(use, "--prompt", "chat", "--system", "Be short."))
                        .out());

        Run given = Run.of(words(use, "--prompt", "plain"));
        assertThat(given.err()).doesNotContain("prompt format of");

        Path own = dir.resolve("own");
        Run.of(words("compose", inputs, "--prompt", "plain", "--out", own));
        Run both = Run.of(words(use, "--adapters", own, "--adapter", "terse=1", "--adapter", "own=0.5"));
        assertThat(both.code()).as(both.err()).isZero();
        assertThat(both.err()).contains("name different prompt formats; choose one with --prompt.");

        Files.writeString(terse.resolve("recipe.json"), "{");
        Run broken = Run.of(use);
        assertThat(broken.code()).isZero();
        assertThat(broken.err())
                .contains("The prompt format in %s can't be read".formatted(terse.resolve("recipe.json")));
    }

    @Test
    void a_base_model_of_another_family_than_the_demo_is_named_as_such() {
        Path words = DemoHub.open().base();
        Run smollm2 = Run.of("compose", "--demo", "smollm2/tag-english", "--base", words);
        assertThat(smollm2.code()).isEqualTo(3);
        assertThat(smollm2.err())
                .contains(
                        "The base model in %s is of another family than the demo's adapters, which are made for HuggingFaceTB/SmolLM2-135M-Instruct"
                                .formatted(words));
        assertThat(Run.of("compose", "--demo", "un-past", "--base", BASE).err())
                .contains("which are made for lorahub/demo-base; leave --base out");
        assertThat(Run.of("evaluate", "--demo", "un-past", "--base", BASE).code())
                .isZero();
    }

    /** A command line, with a small budget where it composes. */
    private static Object[] words(Object... parts) {
        List<Object> words = new ArrayList<>();
        for (Object part : parts) words.addAll(part instanceof Object[] many ? List.of(many) : List.of(part));
        if (words.get(0).equals("compose")) words.addAll(List.of("--budget", "12"));
        return words.toArray();
    }
}
