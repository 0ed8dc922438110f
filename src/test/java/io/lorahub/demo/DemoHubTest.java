package io.lorahub.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lorahub.engine.error.EngineException;
import io.lorahub.engine.learning.Example;
import java.nio.file.Files;
import org.junit.jupiter.api.Test;

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
}
