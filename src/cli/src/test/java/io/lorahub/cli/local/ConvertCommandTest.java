package io.lorahub.cli.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.lorahub.cli.Run;
import io.lorahub.cli.terminal.ExitCode;
import io.lorahub.engine.lora.LoraAdapter;
import io.lorahub.engine.lora.check.LoraModule;
import io.lorahub.engine.lora.conversion.PlainLora;
import io.lorahub.engine.lora.merge.AdapterWriter;
import io.lorahub.engine.lora.merge.LoraModules;
import io.lorahub.engine.lora.merge.WholeProduct;
import io.lorahub.engine.model.BaseModel;
import io.lorahub.engine.model.LowRank;
import io.lorahub.testsupport.Reference;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Converted adapters compute what PEFT computes with the original ones. */
class ConvertCommandTest {

    private static final JsonNode GOLDEN = Reference.json("peft.json");
    private static final Path BASE = Reference.path("models/t5-v1.1-gated");
    private static final Path DORA = Reference.path("adapters/dora");
    private static final Path PISSA = Reference.path("adapters/pissa");

    @TempDir
    Path folder;

    @Test
    void a_dora_adapter_becomes_a_plain_one_with_the_same_effect() throws IOException {
        Path out = folder.resolve("plain");
        Run run = Run.of("convert", DORA, "--base", BASE, "--fused", "--out", out);
        assertThat(run.code()).as(run.err()).isZero();
        assertThat(run.out().replaceAll("\\s+", " ")).contains("rank 32, lossless. Read back, 3 of 3 predictions");
        requireGolden("dora", "--base", BASE, "--adapters", out);
        requireGolden("dora", "--base", out.resolve("fused"));
    }

    @Test
    void a_converted_dora_adapter_can_be_compressed_with_a_stated_error() {
        Path out = folder.resolve("plain");
        JsonNode written = Run.of("convert", DORA, "--base", BASE, "--rank", 8, "--out", out, "--json")
                .json()
                .get("written");
        assertThat(written.get("rank").intValue()).isEqualTo(8);
        assertThat(written.get("lossless_rank").intValue()).isEqualTo(32);
        assertThat(written.get("relative_error").doubleValue()).isBetween(0.01, 0.9);
    }

    @Test
    void a_pissa_adapter_becomes_a_plain_one_by_its_initial_factors() throws IOException {
        Path initial = initialFactors();
        Path out = folder.resolve("plain");
        Run run = Run.of("convert", PISSA, "--initial", initial, "--base", BASE, "--out", out);
        assertThat(run.code()).as(run.err()).isZero();
        assertThat(run.out().replaceAll("\\s+", " ")).contains("rank 8, lossless. Read back, 3 of 3 predictions");
        requireGolden("pissa", "--base", BASE, "--adapters", out);
    }

    /** PiSSA starts from the largest singular values of the base weights (Meng et al. 2024, arXiv 2404.02948). */
    private Path initialFactors() {
        SortedMap<String, LoraModule> weights = new TreeMap<>();
        try (BaseModel base = BaseModel.open(BASE);
                LoraAdapter trained = PlainLora.factors("trained", PISSA)) {
            trained.modules()
                    .forEach((name, m) -> weights.put(
                            name,
                            WholeProduct.module(
                                    name,
                                    base.weights().tensor(name + ".weight").toFloats(),
                                    m.out(),
                                    m.in(),
                                    false)));
        }
        Path initial = folder.resolve("initial");
        try (LowRank lowRank = new LowRank(LoraModules.of(weights))) {
            AdapterWriter.write(initial, "t5-v1.1-gated", lowRank.at(4).all(), Map.of());
        }
        return initial;
    }

    private void requireGolden(String adapter, Object... model) throws IOException {
        StringBuilder rows = new StringBuilder();
        for (int i = 0; i < GOLDEN.get("inputs").size(); i++) {
            rows.append(new ObjectMapper()
                            .createObjectNode()
                            .put("input", GOLDEN.get("inputs").get(i).textValue())
                            .put("output", GOLDEN.get("outputs").get(i).textValue()))
                    .append("\n");
        }
        Path examples = Files.writeString(folder.resolve("examples.jsonl"), rows);
        Object[] words = new Object[model.length + 4];
        words[0] = "evaluate";
        System.arraycopy(model, 0, words, 1, model.length);
        words[model.length + 1] = "--examples";
        words[model.length + 2] = examples;
        words[model.length + 3] = "--json";
        Run run = Run.of(words);
        assertThat(run.code()).as(run.err()).isZero();
        double[] expected =
                Reference.doubles(GOLDEN.get("adapters").get(adapter).get("example_losses"));
        assertThat(Reference.doubles(run.json().get("example_losses"))).containsExactly(expected, within(1e-4));
    }

    @Test
    void what_cannot_be_converted_is_refused_with_the_reason() {
        refused("Give the factors that were saved before training with --initial DIR", PISSA);
        refused("--initial is for adapters whose initialisation changed the base weights", DORA, "--initial", PISSA);
        Run plain = Run.of("convert", Reference.path("adapters/plain-a"), "--base", BASE, "--out", out());
        assertThat(plain.code()).isEqualTo(ExitCode.INPUT);
        assertThat(plain.err().replaceAll("\\s+", " ")).contains("plain-a is a plain LoRA adapter already.");
        refused("A conversion has no --composition", DORA, "--composition", "factor");
        Run other = Run.of(
                "convert",
                PISSA,
                "--initial",
                Reference.path("adapters/other-modules"),
                "--base",
                BASE,
                "--out",
                out());
        assertThat(other.code()).isEqualTo(ExitCode.INPUT);
        assertThat(other.err()).contains("doesn't hold the initial factors of");
        Run base = Run.of("convert", DORA, "--base", Reference.demoHub("base"), "--out", out());
        assertThat(base.code()).isEqualTo(ExitCode.INPUT);
        assertThat(base.err()).contains("base model");
        assertThat(out()).doesNotExist();
    }

    private void refused(String reason, Object... words) {
        Object[] all = new Object[words.length + 5];
        all[0] = "convert";
        System.arraycopy(words, 0, all, 1, words.length);
        all[words.length + 1] = "--base";
        all[words.length + 2] = BASE;
        all[words.length + 3] = "--out";
        all[words.length + 4] = out();
        Run run = Run.of(all);
        assertThat(run.code()).isEqualTo(ExitCode.USAGE);
        assertThat(run.err().replaceAll("\\s+", " ")).contains(reason);
    }

    private Path out() {
        return folder.resolve("out");
    }
}
