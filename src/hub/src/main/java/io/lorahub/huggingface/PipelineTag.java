package io.lorahub.huggingface;

import io.lorahub.adapter.AdapterVersion;
import java.util.Arrays;
import java.util.Collection;
import java.util.Optional;
import java.util.Set;

/** The Hugging Face Hub's names of what a model does, as far as this hub has such models. */
public enum PipelineTag {
    TEXT_GENERATION("text-generation"),
    /** What models with an encoder and a decoder do. */
    TEXT2TEXT_GENERATION("text2text-generation");

    /** Whether a version v has modules of an encoder, or of the decoder that belongs to it, in SQL. */
    static final String OF_ENCODER =
            "jsonb_path_exists(v.facts, '$.layers[*].module ? (@ starts with \"encoder.\" || @ starts with \"decoder.\")')";

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
    static PipelineTag ofModules(boolean withEncoder) {
        return withEncoder ? TEXT2TEXT_GENERATION : TEXT_GENERATION;
    }

    /** Ids of those versions that have modules of an encoder, or of the decoder that belongs to it. */
    static Set<Long> withEncoder(Collection<AdapterVersion> versions) {
        if (versions.isEmpty()) return Set.of();
        return Set.copyOf(AdapterVersion.getEntityManager()
                .createNativeQuery("select id from adapter_version v where id in (?1) and " + OF_ENCODER, Long.class)
                .setParameter(1, versions.stream().map(version -> version.id).toList())
                .getResultList());
    }
}
