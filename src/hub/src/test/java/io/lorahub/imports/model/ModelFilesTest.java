package io.lorahub.imports.model;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lorahub.imports.source.RemoteHubException;
import java.util.List;
import org.junit.jupiter.api.Test;

class ModelFilesTest {

    @Test
    void an_index_with_far_more_values_than_any_model_has_is_refused_by_name() {
        String index = "{\"weight_map\": {}, \"metadata\": [0%s]}".formatted(",0".repeat(300_000));

        assertThatThrownBy(() -> ModelFiles.indexed(List.of(), index))
                .isInstanceOf(RemoteHubException.class)
                .hasMessageStartingWith("model.safetensors.index.json is too large for this hub: ")
                .hasMessageContaining("300000");
    }
}
