package io.lorahub.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.lorahub.engine.error.EngineException;
import io.lorahub.engine.learning.Example;
import io.lorahub.engine.lora.LoraAdapter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DemoHubTest {

    private final DemoHub hub = DemoHub.open();

    @Test
    void holds_a_base_model_24_adapters_and_8_tasks() {
        assertThat(hub.base().resolve("model.safetensors")).isRegularFile();
        assertThat(hub.baseModel()).isEqualTo(DemoHub.BASE_MODEL);
        assertThat(hub.adapters()).hasSize(24).allSatisfy(a -> {
            assertThat(hub.adaptersFolder().resolve(a.name()).resolve("adapter_config.json"))
                    .isRegularFile();
            assertThat(a.title()).isNotBlank();
            assertThat(a.examples()).isNotEmpty();
        });
        assertThat(hub.tasks()).hasSize(8).allSatisfy(t -> {
            assertThat(t.heldOut()).hasSize(100);
            for (int draw = 1; draw <= DemoTask.DRAWS; draw++)
                assertThat(t.fewShot(draw)).hasSize(5);
        });
    }

    @Test
    void is_used_in_place_when_it_lies_in_files() {
        assertThat(hub.folder())
                .isDirectory()
                .doesNotHave(new org.assertj.core.api.Condition<>(
                        f -> f.getParent().endsWith("lorahub"), "unpacked to the cache"));
        assertThat(Files.exists(hub.folder().resolve("hub.json"))).isTrue();
    }

    @Test
    void names_its_tasks_when_one_is_asked_for_that_it_has_not() {
        assertThat(hub.task("un-past").fewShot(1)).contains(new Example("motif", "unmotifed"));
        assertThatThrownBy(() -> hub.task("un-pasta"))
                .isInstanceOf(EngineException.class)
                .hasMessageContaining("no task \"un-pasta\"; it has un-past, ");
        assertThatThrownBy(() -> hub.task("un-past").fewShot(6)).hasMessageContaining("no draw 6");
    }

    @Test
    void the_second_demo_has_adapters_and_tasks_that_join_their_skills() throws IOException {
        assumeThat(DemoHub.class.getResource("/demo-smollm2/hub.json")).isNotNull();
        DemoHub second = DemoHub.open(DemoHub.SMOLLM2);

        assertThat(second.baseModel()).isEqualTo("HuggingFaceTB/SmolLM2-135M-Instruct");
        assertThat(second.prompt().format()).contains("In: {input}\nOut: {output}");
        List<String> skills =
                second.adapters().stream().map(DemoHub.DemoAdapter::name).toList();
        List<LoraAdapter> adapters = LoraAdapter.loadAll(second.adaptersFolder());
        assertThat(adapters).extracting(LoraAdapter::name).containsExactlyInAnyOrderElementsOf(skills);
        assertThat(adapters).allSatisfy(a -> assertThat(a.config().baseModel()).contains(second.baseModel()));
        adapters.forEach(LoraAdapter::close);
        assertThat(second.tasks()).isNotEmpty().allSatisfy(task -> {
            assertThat(skills).contains(task.name().split("-"));
            assertThat(task.heldOut()).hasSizeBetween(20, 100);
            for (int draw = 1; draw <= DemoTask.DRAWS; draw++) {
                assertThat(task.fewShot(draw)).hasSize(5).doesNotContainAnyElementsOf(task.heldOut());
            }
        });
    }

    @Test
    void a_demo_of_your_own_is_opened_by_its_folder(@TempDir Path folder) {
        assertThat(DemoHub.open(hub.folder().toString())).isEqualTo(hub);
        assertThatThrownBy(() -> DemoHub.open(folder.toString()))
                .hasMessageContaining("There is no demo \"" + folder + "\"");
    }

    @Test
    void the_base_model_of_a_demo_without_its_own_is_looked_up(@TempDir Path folder) throws IOException {
        Path base = Files.createDirectories(folder.resolve("model"));
        Files.writeString(base.resolve("config.json"), "{}");

        assertThat(demo(folder, base.toString()).base()).isEqualTo(base);
    }

    @Test
    void says_where_to_get_a_base_model_that_is_not_on_this_machine(@TempDir Path folder) throws IOException {
        DemoHub missing = demo(folder, "nobody/no-such-model");

        assertThatThrownBy(missing::base)
                .isInstanceOf(EngineException.class)
                .hasMessage(
                        "This demo needs the base model nobody/no-such-model, which is not in this machine's Hugging"
                                + " Face cache. Download it with \"hf download nobody/no-such-model\", or give its folder with"
                                + " --base DIR.");
    }

    @Test
    void names_the_demos_when_one_is_asked_for_that_does_not_exist() {
        assertThatThrownBy(() -> DemoHub.open("smollm3"))
                .isInstanceOf(EngineException.class)
                .hasMessage("There is no demo \"smollm3\"; there are words and smollm2.");
    }

    private static DemoHub demo(Path folder, String baseModel) throws IOException {
        Files.writeString(folder.resolve("hub.json"), "{\"base_model\": \"%s\"}".formatted(baseModel));
        return DemoHub.at(folder);
    }
}
