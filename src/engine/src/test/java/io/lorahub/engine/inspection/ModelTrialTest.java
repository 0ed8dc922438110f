package io.lorahub.engine.inspection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lorahub.engine.error.EngineException;
import io.lorahub.engine.learning.LearningSession;
import io.lorahub.engine.model.Compute;
import io.lorahub.engine.prompt.PromptChoice;
import io.lorahub.testsupport.Reference;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.commons.io.FileUtils;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelTrialTest {

    private static final Path LLAMA = Reference.path("causal/models/llama");

    @Test
    void the_demo_model_runs() {
        assertThat(ModelTrial.run(Reference.demoHub("base")).chatTemplate()).isFalse();
    }

    @Test
    void a_decoder_only_model_continues_the_input() {
        ModelTrial trial = ModelTrial.run(LLAMA);

        assertThat(trial.chatTemplate()).isTrue();
        try (LearningSession session = LearningSession.alone(LLAMA, Compute.cpu(), PromptChoice.of("plain", null))) {
            assertThat(trial.continuation())
                    .isEqualTo(session.generation()
                            .predict(List.of(ModelTrial.INPUT), new double[0], 8)
                            .get(0));
        }
    }

    @Test
    void a_model_without_an_end_token_is_refused(@TempDir Path folder) throws Exception {
        FileUtils.copyDirectory(LLAMA.toFile(), folder.toFile());
        Files.writeString(
                folder.resolve("config.json"),
                Files.readString(folder.resolve("config.json"))
                        .replaceAll("\"eos_token_id\": \\d+", "\"eos_token_id\": null"));
        Files.writeString(
                folder.resolve("tokenizer_config.json"), "{\"tokenizer_class\": \"PreTrainedTokenizerFast\"}");

        assertThatThrownBy(() -> ModelTrial.run(folder))
                .isInstanceOf(EngineException.class)
                .hasMessageContaining("names no end token");
    }

    @Test
    void a_chat_template_that_can_be_read_but_not_rendered_is_refused(@TempDir Path folder) throws Exception {
        FileUtils.copyDirectory(LLAMA.toFile(), folder.toFile());
        Files.writeString(
                folder.resolve("chat_template.jinja"),
                "{% for i in range(100000) %}{% for j in range(100000) %}{% set k = i * j %}{% endfor %}{% endfor %}");

        assertThatThrownBy(() -> ModelTrial.run(folder))
                .isInstanceOf(EngineException.class)
                .hasMessageContaining("The model's chat template failed: line 1: it does")
                .hasMessageContaining("or leave it out");
    }

    @Test
    void a_folder_without_a_model_does_not_run(@TempDir Path empty) {
        assertThatThrownBy(() -> ModelTrial.run(empty))
                .isInstanceOf(EngineException.class)
                .hasMessageContaining("config.json");
    }
}
