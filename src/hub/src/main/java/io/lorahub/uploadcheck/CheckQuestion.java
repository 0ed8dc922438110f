package io.lorahub.uploadcheck;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonSubTypes.Type;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import io.lorahub.engine.safetensors.DType;
import io.lorahub.engine.safetensors.TensorInfo;
import java.util.Map;

/** What {@link CheckMain} is asked for the check of an upload. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME)
@JsonSubTypes({@Type(CheckRequest.class), @Type(CheckQuestion.Shapes.class), @Type(CheckQuestion.WeightHash.class)})
sealed interface CheckQuestion permits CheckRequest, CheckQuestion.Shapes, CheckQuestion.WeightHash {

    /**
     * The shapes of a base model's tensors.
     *
     * @param folder with its files, of which the weights may be headers only
     */
    record Shapes(String folder) implements CheckQuestion {}

    /** Answers {@link Shapes} by tensor. */
    record ShapesAnswer(Map<String, TensorInfo> tensors) {}

    /**
     * The SHA-256 of a weight of a base model, rounded to a type.
     *
     * @param folder with its files, of which the weights may hold this one only
     */
    record WeightHash(String folder, String weight, DType type) implements CheckQuestion {}

    /** Answers {@link WeightHash}. */
    record WeightHashAnswer(String sha256) {}
}
