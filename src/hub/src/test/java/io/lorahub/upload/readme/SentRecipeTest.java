package io.lorahub.upload.readme;

import static org.assertj.core.api.Assertions.assertThat;

import io.lorahub.web.budget.RequestBudget;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class SentRecipeTest {

    private static final String PART =
            "{\"weight\": 0.5, \"files\": {\"adapter_model.safetensors\": \"%s\"}}".formatted("a".repeat(64));

    @Test
    void parts_are_read() {
        assertThat(read("{\"adapters\": [%s]}".formatted(PART))
                        .json()
                        .path("a".repeat(64))
                        .asDouble())
                .isEqualTo(0.5);
        assertThat(read("").json()).isEmpty();
        assertThat(read("null").json()).isEmpty();
    }

    @Test
    void a_file_with_far_more_values_than_a_recipe_is_none() {
        assertThat(read("{\"adapters\": [%s%s]}".formatted(PART, ", {}".repeat(50_000)))
                        .json())
                .isEmpty();
    }

    private static SentRecipe read(String file) {
        return SentRecipe.read(file.getBytes(StandardCharsets.UTF_8), RequestBudget.NONE);
    }
}
