package io.lorahub.huggingface;

import io.lorahub.adapter.AdapterFacts;
import java.util.Arrays;
import java.util.Optional;

/** The Hugging Face Hub's names of what a model does, as far as this hub has such models. */
public enum PipelineTag {
    TEXT_GENERATION("text-generation"),
    /** What models with an encoder and a decoder do. */
    TEXT2TEXT_GENERATION("text2text-generation");

    /** The only family with an encoder and a decoder that base models of a hub can be of. */
    private static final String T5 = "t5";

    final String word;

    PipelineTag(String word) {
        this.word = word;
    }

    static Optional<PipelineTag> find(String word) {
        return Arrays.stream(values()).filter(tag -> tag.word.equals(word)).findFirst();
    }

    static PipelineTag ofModel(String modelType) {
        return T5.equals(modelType) ? TEXT2TEXT_GENERATION : TEXT_GENERATION;
    }

    /** Of an adapter whose base model the hub doesn't have. */
    static PipelineTag ofModules(AdapterFacts facts) {
        boolean encoder = facts.layers().stream()
                .anyMatch(layer ->
                        layer.module().startsWith("encoder.") || layer.module().startsWith("decoder."));
        return encoder ? TEXT2TEXT_GENERATION : TEXT_GENERATION;
    }
}
