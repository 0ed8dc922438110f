package io.lorahub.cli.local;

import static org.assertj.core.api.Assertions.assertThat;

import io.lorahub.cli.Run;
import io.lorahub.demo.DemoHub;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ComposeWarningsTest {

    private static final DemoHub HUB = DemoHub.open();

    private static final String[] UN_AND_PAST = {
        "--adapters", HUB.adaptersFolder().resolve("un").toString(),
        "--adapters", HUB.adaptersFolder().resolve("past").toString()
    };

    @TempDir
    Path folder;

    @Test
    void warnings_are_printed_on_standard_error() throws IOException {
        Path one = Files.writeString(folder.resolve("one.jsonl"), "{\"input\": \"lock\", \"output\": \"unlocked\"}\n");
        Run run = Run.of(
                "compose",
                "--demo",
                "un-past",
                UN_AND_PAST,
                "--examples",
                one,
                "--held-out",
                one,
                "--budget",
                "2",
                "--json");
        assertThat(run.code()).as(run.err()).isZero();
        assertThat(run.err())
                .contains("warning: There is only one example", "warning: 1 of the 1 held-out examples are also among");
    }

    @Test
    void layer_groups_are_named_if_they_were_chosen_and_warned_of_if_the_budget_leaves_little_for_them() {
        String chosen = "Weights per group of layers (--layer-groups)";
        String few =
                "warning: The budget leaves few evaluations for the weights of the layer groups. Give --budget 18 or";

        Run large = Run.of("compose", "--demo", "un-past", UN_AND_PAST, "--budget", "18");
        assertThat(large.out()).contains(chosen, "first", "middle", "last");
        assertThat(large.err()).doesNotContain(few);
        Run small = Run.of("compose", "--demo", "un-past", UN_AND_PAST, "--budget", "17");
        assertThat(small.out()).contains("Weights").doesNotContain(chosen);
        assertThat(small.err()).doesNotContain(few);
        Run asked = Run.of("compose", "--demo", "un-past", UN_AND_PAST, "--budget", "12", "--layer-groups", "thirds");
        assertThat(asked.out()).contains(chosen);
        assertThat(asked.err()).contains(few);
    }

    @Test
    void characters_that_the_tokenizer_does_not_know_are_said_on_standard_error() throws IOException {
        Path strange =
                Files.writeString(folder.resolve("strange.csv"), "input,output\nlock,東locked\npaint,unpainted京\n");
        Run run = Run.of("compose", UN_AND_PAST, "--examples", strange, "--budget", "12");
        assertThat(run.code()).as(run.err()).isZero();
        assertThat(run.err()).contains("warning: The base model's tokenizer has no token for 東 京: the model reads");
    }

    @Test
    void adapters_that_name_different_base_models_are_said_on_standard_error() throws IOException {
        Path stranger = copyNaming("google/flan-t5-large", "stranger");

        Run run = Run.of(
                "compose",
                "--demo",
                "un-past",
                "--adapters",
                stranger,
                "--adapters",
                HUB.adaptersFolder().resolve("past"),
                "--budget",
                "2",
                "--json");

        assertThat(run.err())
                .contains("warning: The adapters name 2 different base models, such as google/flan-t5-large (stranger),"
                        + " lorahub/demo-base (past)");
    }

    @Test
    void a_base_folder_that_says_nothing_of_its_model_is_said_on_standard_error() throws IOException {
        Path stranger = copyNaming("google/flan-t5-large", "stranger");
        String warning = "warning: The adapter names google/flan-t5-large as its base model; the files in ";

        for (String base : new String[] {"mine", "models--google--flan-t5/snapshots/1", "flan-t5-base"}) {
            Path folder = copyOfBase(base);
            Run run = evaluate(folder, stranger);
            assertThat(run.err()).containsOnlyOnce(warning + folder + " don't show whether it is that model.");
            assertThat(run.json().get("loss").isNumber()).isTrue();
        }
        for (String base : new String[] {"Flan-T5-large", "models--google--flan-t5-large/snapshots/1"}) {
            assertThat(evaluate(copyOfBase(base), stranger).err()).isEmpty();
        }
        Path config = copyOfBase("named").resolve("config.json");
        Files.writeString(
                config, Files.readString(config).replaceFirst("\\{", "{\"_name_or_path\": \"google/flan-t5-large\","));
        assertThat(evaluate(config.getParent(), stranger).err()).isEmpty();
        assertThat(evaluate(copyOfBase("demo"), HUB.adaptersFolder().resolve("un"))
                        .err())
                .as("a copy of the demo hub's base model is known by its weights")
                .isEmpty();
    }

    @Test
    void a_base_folder_of_a_quantised_copys_original_is_remarked() throws IOException {
        Path quantised = copyNaming("unsloth/flan-t5-large-unsloth-bnb-4bit", "quantised");
        for (String base : new String[] {"Flan-T5-large", "models--google--flan-t5-large/snapshots/1"}) {
            Path folder = copyOfBase(base);
            assertThat(evaluate(folder, quantised).err())
                    .isEqualToIgnoringNewLines(
                            ("lorahub: The adapter was trained on unsloth/flan-t5-large-unsloth-bnb-4bit, a quantised"
                                            + " copy of this base model; running on the files in %s.")
                                    .formatted(folder));
        }
        Path examples = HUB.task("un-past").fewShotFile(1);
        assertThat(Run.of("evaluate", "--adapters", quantised, "--examples", examples)
                        .err())
                .contains("give the unquantised model's folder with --base DIR");
    }

    private Run evaluate(Path base, Path adapter) {
        Path examples = HUB.task("un-past").fewShotFile(1);
        return Run.of("evaluate", "--base", base, "--adapters", adapter, "--examples", examples, "--json");
    }

    private Path copyOfBase(String name) throws IOException {
        return copy(HUB.base(), folder.resolve("bases").resolve(name));
    }

    private Path copyNaming(String base, String name) throws IOException {
        Path copy = copy(HUB.adaptersFolder().resolve("un"), folder.resolve(name));
        Path config = copy.resolve("adapter_config.json");
        Files.writeString(config, Files.readString(config).replace("lorahub/demo-base", base));
        return copy;
    }

    private static Path copy(Path from, Path to) throws IOException {
        Files.createDirectories(to);
        try (Stream<Path> files = Files.list(from)) {
            for (Path file : files.toList()) Files.copy(file, to.resolve(file.getFileName()));
        }
        return to;
    }
}
