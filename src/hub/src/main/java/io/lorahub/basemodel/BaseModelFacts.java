package io.lorahub.basemodel;

/**
 * What the check of a usable base model learned.
 *
 * @param modelType from its {@code config.json}
 * @param bytes size of its weights
 * @param continuation what it wrote after {@link io.lorahub.engine.inspection.ModelTrial#INPUT}
 */
public record BaseModelFacts(
        String modelType, long parameters, long bytes, boolean chatTemplate, String continuation) {}
