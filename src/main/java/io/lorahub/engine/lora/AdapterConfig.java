package io.lorahub.engine.lora;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Optional;

/**
 * What an {@code adapter_config.json} of PEFT says that matters to the arithmetic.
 *
 * @param baseModel the model that the adapter was trained on, as its author named it
 * @param rank      {@code r}, of every module that no rank pattern names
 * @param alpha     {@code lora_alpha}, of every module that no alpha pattern names
 * @param targets   which modules of the model are meant to be adapted
 * @param json      the whole file
 */
public record AdapterConfig(
        Optional<String> baseModel,
        int rank,
        double alpha,
        boolean useRslora,
        boolean loraBias,
        PatternTable rankPattern,
        PatternTable alphaPattern,
        ModuleTargets targets,
        JsonNode json) {

    public int rankOf(String module) {
        return (int) rankPattern.valueOf(module).orElse(rank);
    }

    public double alphaOf(String module) {
        return alphaPattern.valueOf(module).orElse(alpha);
    }

    /** s in ΔW = s·B·A. */
    public double scaleOf(String module) {
        double r = rankOf(module);
        return alphaOf(module) / (useRslora ? Math.sqrt(r) : r);
    }
}
