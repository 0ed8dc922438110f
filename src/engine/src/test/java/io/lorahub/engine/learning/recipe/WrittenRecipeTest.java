package io.lorahub.engine.learning.recipe;

import static org.assertj.core.api.Assertions.assertThat;

import io.lorahub.engine.learning.LearningSettings;
import io.lorahub.engine.optimize.Ending;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WrittenRecipeTest {

    @TempDir
    private Path folder;

    private LearningSettings settings(String more) throws IOException {
        Path file = folder.resolve("recipe.json");
        Files.writeString(file, """
                {"base": {}, "adapters": [], "settings": {"budget": 40, "seed": 42, "strategy": "margins",
                 "composition": "exact", "objective": "loss", "batch_size": 0, "bounds": [-1.5, 1.5], "l1": 0.05%s}}
                """.formatted(more));
        return WrittenRecipe.read(file).settings();
    }

    private Ending ending(String more) throws IOException {
        return settings(more).ending();
    }

    @Test
    void the_number_of_points_at_once_is_read() throws IOException {
        assertThat(settings("").population()).isEqualTo(1);
        assertThat(settings(", \"population\": 4").population()).isEqualTo(4);
    }

    @Test
    void recipes_from_before_the_choice_are_pruned_as_they_were() throws IOException {
        assertThat(ending("").pruning()).isEqualTo(Ending.Pruning.LASSO);
        assertThat(ending("").patience()).isEmpty();
    }

    @Test
    void a_mean_at_the_end_is_read() throws IOException {
        assertThat(ending(", \"average\": 3")).isEqualTo(Ending.DEFAULT.withAverage(3));
    }

    @Test
    void patience_and_pruning_are_read() throws IOException {
        assertThat(ending(", \"patience\": 12, \"pruning\": \"elimination\""))
                .isEqualTo(Ending.DEFAULT.withPatience(12).withPruning(Ending.Pruning.ELIMINATION));
    }
}
