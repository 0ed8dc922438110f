package io.lorahub.engine.inspection;

import io.lorahub.engine.lora.TensorTotals;
import io.lorahub.engine.model.family.ModelConfig;
import java.util.SortedMap;

/**
 * Key data of a base model.
 *
 * @param modelType {@code model_type} of its configuration
 * @param sha256    SHA-256 of its files by name
 */
public record ModelSummary(
        String modelType, ModelConfig config, TensorTotals tensors, SortedMap<String, String> sha256) {}
