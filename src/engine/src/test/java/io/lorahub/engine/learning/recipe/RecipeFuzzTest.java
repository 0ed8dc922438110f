package io.lorahub.engine.learning.recipe;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.lorahub.engine.error.EngineException;
import io.lorahub.testsupport.hostile.ForeignBytes;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.provider.MethodSource;

class RecipeFuzzTest {

    @TempDir
    Path folder;

    static Stream<byte[]> recipes() {
        return ForeignBytes.seeds("""
            {"lorahub": "0.1.0", "base": {"path": "/models/t5", "files": {"config.json": "00"}},
             "adapters": [{"name": "demo/un", "path": "un", "files": {"adapter_model.safetensors": "01"}, "weight": 0.5},
                          {"name": "past", "layer_weights": {"encoder": 0.1}}],
             "examples": {"count": 1, "rows": [{"input": "a", "output": "b"}]},
             "settings": {"budget": 40, "seed": 42, "strategy": "margins", "objective": "loss"},
             "prompt": {"format": "chat", "date": "2026-01-01"}, "result": {"objective": 0.25}}
            """);
    }

    @MethodSource("recipes")
    @FuzzTest
    void any_recipe(byte[] json) throws Exception {
        Path file = ForeignBytes.file(folder.resolve("recipe.json"), json);
        ForeignBytes.read(
                16,
                () -> {
                    WrittenRecipe recipe = WrittenRecipe.read(file);
                    recipe.parts();
                    recipe.hub();
                    recipe.examples();
                    recipe.weights();
                    recipe.objective();
                    recipe.baseFiles();
                    recipe.settings();
                },
                EngineException.class);
    }
}
