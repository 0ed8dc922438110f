package io.lorahub.engine.inspection;

import io.lorahub.engine.lora.config.CheckFinding;
import java.util.List;
import java.util.function.Consumer;

/** One check of a base model. */
interface ModelCheck {

    void check(ModelContents model, Consumer<CheckFinding> findings);

    List<ModelCheck> ALL = List.of(
            new TokenizerCheck(), new GenerationConfigCheck(), new ModelTensorsCheck(), new ModelNumbersCheck());
}
