package io.lorahub.engine.inspection;

import io.lorahub.engine.model.family.ModelConfig;
import io.lorahub.engine.safetensors.TensorSource;
import java.nio.file.Path;
import java.util.Optional;

/** The readable contents of a base model's folder. */
record ModelContents(Path folder, Optional<ModelConfig> config, Optional<TensorSource> tensors) {}
