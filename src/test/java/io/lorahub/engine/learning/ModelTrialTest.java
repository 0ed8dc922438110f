package io.lorahub.engine.learning;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lorahub.demo.DemoHub;
import io.lorahub.engine.error.EngineException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelTrialTest {

    @Test
    void the_demo_model_runs() {
        assertThatCode(() -> ModelTrial.run(DemoHub.open().base())).doesNotThrowAnyException();
    }

    @Test
    void a_folder_without_a_model_does_not(@TempDir Path empty) {
        assertThatThrownBy(() -> ModelTrial.run(empty))
                .isInstanceOf(EngineException.class)
                .hasMessageContaining("config.json");
    }
}
