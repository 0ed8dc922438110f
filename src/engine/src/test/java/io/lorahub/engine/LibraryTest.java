package io.lorahub.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lorahub.engine.error.EngineException;
import io.lorahub.engine.learning.Example;
import io.lorahub.engine.learning.Objectives;
import io.lorahub.engine.learning.Regularization;
import io.lorahub.engine.learning.export.ExportOptions;
import io.lorahub.engine.learning.recipe.WrittenRecipe;
import io.lorahub.engine.model.LayerGroups;
import io.lorahub.testsupport.DemoTask;
import io.lorahub.testsupport.Reference;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The engine as a library. */
class LibraryTest {

    private static final Pattern NOT_THE_ENGINES =
            Pattern.compile("quarkus|jakarta|smallrye|jboss|mutiny|picocli|progressbar|jline|arc-");

    /** What a user of the library would write; run in a process of its own. */
    public static final class Program {
        public static void main(String[] args) {
            DemoTask task = DemoTask.named("un-past", 1);
            List<Path> modules = List.of(
                    Reference.demoHub("adapters/un"),
                    Reference.demoHub("adapters/past"),
                    Reference.demoHub("adapters/upper"));
            try (LoraHub.Composed composed = LoraHub.learning(modules, inputs(task.fewShot()), outputs(task.fewShot()))
                    .baseModel(Reference.demoHub("base"))
                    .budget(20)
                    .learn()) {
                LoraHub.Inference inference =
                        LoraHub.inference(composed, inputs(task.heldOut()), outputs(task.heldOut()));
                System.out.println("weights " + composed.learned().weights());
                System.out.println(
                        "exact match " + inference.accuracy().orElseThrow().exactMatch());
            }
        }
    }

    private static List<String> inputs(List<Example> examples) {
        return examples.stream().map(Example::input).toList();
    }

    private static List<String> outputs(List<Example> examples) {
        return examples.stream().map(Example::output).toList();
    }

    @Test
    void a_recipe_says_that_objective_and_regularization_were_the_programs_own(@TempDir Path folder)
            throws IOException {
        DemoTask task = DemoTask.named("un-past", 1);
        Path merged = folder.resolve("merged");
        try (LoraHub.Composed composed = LoraHub.learning(
                        List.of(Reference.demoHub("adapters/un")), inputs(task.fewShot()), outputs(task.fewShot()))
                .baseModel(Reference.demoHub("base"))
                .budget(2)
                .objective(Objectives.named("similarity", 1))
                .regularization(Regularization.l1(0))
                .learn()) {
            composed.save(merged, ExportOptions.LOSSLESS);
        }
        assertThat(Files.readString(merged.resolve("recipe.json")))
                .contains("\"objective\" : \"custom\"", "\"regularization\" : \"custom\"")
                .doesNotContain("\"l1\"");
        assertThatThrownBy(() -> WrittenRecipe.read(merged.resolve("recipe.json")))
                .hasMessageContaining("run that program again");
    }

    @Test
    void a_recipe_has_the_settings_that_the_run_chose(@TempDir Path folder) {
        DemoTask task = DemoTask.named("un-past", 1);
        Path merged = folder.resolve("merged");
        try (LoraHub.Composed composed = LoraHub.learning(
                        List.of(Reference.demoHub("adapters/un"), Reference.demoHub("adapters/past")),
                        inputs(task.fewShot()),
                        outputs(task.fewShot()))
                .baseModel(Reference.demoHub("base"))
                .budget(20)
                .learn()) {
            composed.save(merged, ExportOptions.LOSSLESS);
        }
        assertThat(WrittenRecipe.read(merged.resolve("recipe.json")).settings().layers())
                .isEqualTo(LayerGroups.THIRDS);
    }

    @Test
    void inference_writes_as_many_tokens_as_are_asked_for() {
        DemoTask task = DemoTask.named("un-past", 1);
        List<String> inputs = inputs(task.heldOut()).subList(0, 3);
        try (LoraHub.Composed composed = LoraHub.learning(
                        List.of(Reference.demoHub("adapters/un"), Reference.demoHub("adapters/past")),
                        inputs(task.fewShot()),
                        outputs(task.fewShot()))
                .baseModel(Reference.demoHub("base"))
                .budget(12)
                .learn()) {
            List<String> whole = LoraHub.inference(composed, inputs).predictions();
            List<String> brief = LoraHub.inference(composed, inputs, 1).predictions();

            assertThat(brief).isNotEqualTo(whole);
            for (int i = 0; i < brief.size(); i++) assertThat(whole.get(i)).startsWith(brief.get(i));
            assertThat(LoraHub.inference(composed, inputs, brief, 1)
                            .accuracy()
                            .orElseThrow()
                            .exactMatch())
                    .isEqualTo(100);
        }
    }

    @Test
    void learning_and_inference_work_without_Quarkus_on_the_class_path() throws IOException, InterruptedException {
        // Surefire starts the tests from a jar that only names the class path
        String path = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        assertThat(path.split(java.io.File.pathSeparator))
                .extracting(entry -> Path.of(entry).getFileName().toString())
                .noneMatch(name -> NOT_THE_ENGINES.matcher(name).find());
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Dai.djl.offline=true",
                        "-cp",
                        path,
                        Program.class.getName())
                .redirectErrorStream(true)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

        assertThat(process.waitFor()).as(output).isZero();
        assertThat(output).contains("weights {un=").contains("exact match ");
    }

    @Test
    void the_base_model_that_the_adapters_name_is_looked_for_on_this_machine_only() {
        List<Path> modules = List.of(Reference.demoHub("adapters/un"));

        assertThatThrownBy(() ->
                        LoraHub.learning(modules, List.of("a"), List.of("b")).learn())
                .isInstanceOf(EngineException.class)
                .hasMessageContaining("\"lorahub/demo-base\"");
    }

    @Test
    void inputs_and_outputs_must_come_in_pairs() {
        assertThatThrownBy(() -> LoraHub.learning(List.of(), List.of("a", "b"), List.of("c")))
                .isInstanceOf(EngineException.class)
                .hasMessage("There are 2 inputs, but 1 outputs.");
    }

    @Test
    void own_objectives_and_regularisation_are_used() {
        DemoTask task = DemoTask.named("un-past", 1);
        List<Path> modules = List.of(Reference.demoHub("adapters/un"), Reference.demoHub("adapters/past"));

        try (LoraHub.Composed composed = LoraHub.learning(modules, inputs(task.fewShot()), outputs(task.fewShot()))
                .baseModel(Reference.demoHub("base"))
                .budget(12)
                .objective(outcomes -> 7)
                .regularization(weights -> Math.abs(weights[0] - 0.25))
                .learn()) {
            assertThat(composed.learned().loss()).isEqualTo(7);
            assertThat(composed.learned().objective())
                    .isEqualTo(7 + Math.abs(composed.learned().vector()[0] - 0.25));
        }
    }
}
