package io.lorahub.engine.lora.check;

import io.lorahub.engine.lora.config.CheckFinding;
import io.lorahub.engine.safetensors.TensorData;
import io.lorahub.engine.safetensors.TensorInfo;
import io.lorahub.engine.safetensors.TensorSource;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Copies of base model weights that PEFT saves next to the factors for the output layer or the embedding
 * (save_embedding_layers). PEFT loads them over the base model's weights, which has no effect if they are equal.
 */
public final class BaseCopies {

    private static final Pattern NAME = Pattern.compile("base_model\\.model\\.((?:[a-z_]+\\.)?"
            + "(?:lm_head|embed_out|shared|embed_tokens|wte|embed_in))\\.(?:base_layer\\.)?weight");

    /** Names of the input embedding, which a tied output layer or another reference to the embedding shares. */
    private static final List<String> EMBEDDINGS = List.of(
            SharedEmbeddingCheck.SHARED + ".weight",
            "model.embed_tokens.weight",
            "transformer.wte.weight",
            "gpt_neox.embed_in.weight");

    private static final String LEAVE_OUT =
            "Save it again with save_embedding_layers=False, for the base model as it is.";

    private BaseCopies() {}

    static boolean isOne(String tensor) {
        return NAME.matcher(tensor).matches();
    }

    /** Returns the copies that differ from the base model's weights or cannot be compared with them. */
    public static List<CheckFinding> misfits(TensorSource adapter, TensorSource base) {
        return adapter.names().stream()
                .filter(BaseCopies::isOne)
                .flatMap(name -> misfit(name, adapter, base).stream())
                .toList();
    }

    private static Optional<CheckFinding> misfit(String name, TensorSource adapter, TensorSource base) {
        String original = original(name, base);
        if (!base.names().contains(original)) {
            return error(name, "The base model has no %s, of which %s is a copy.".formatted(original, name));
        }
        TensorInfo copy = adapter.info(name);
        TensorInfo own = base.info(original);
        if (!Arrays.equals(copy.shape(), own.shape())) {
            return error(
                    name,
                    "%s has the shape %s, but %s of the base model %s; where the vocabulary was changed, the adapter brings a new table."
                            .formatted(name, Arrays.toString(copy.shape()), original, Arrays.toString(own.shape())));
        }
        if (!base.holdsData()) {
            return error(
                    name,
                    "%s is a weight of the base model, not a LoRA factor, and is not compared with the base model's here."
                            .formatted(name));
        }
        boolean equal = copy.dtype().isFloat() && own.dtype().isFloat() && isEqual(adapter, name, base, original);
        return equal
                ? Optional.empty()
                : error(
                        name,
                        "%s differs from %s of the base model: PEFT would replace that weight, and replacements cannot be mixed."
                                .formatted(name, original));
    }

    /** Returns the weight's name in the base model, where a tied model has only the embedding. */
    private static String original(String name, TensorSource base) {
        Matcher matcher = NAME.matcher(name);
        if (!matcher.matches()) throw new IllegalArgumentException(name);
        String own = matcher.group(1) + ".weight";
        if (base.names().contains(own)) return own;
        return EMBEDDINGS.stream().filter(base.names()::contains).findFirst().orElse(own);
    }

    private static Optional<CheckFinding> error(String name, String message) {
        return Optional.of(CheckFinding.error("base-copy-differs", name, message, LEAVE_OUT));
    }

    private static boolean isEqual(TensorSource adapter, String name, TensorSource base, String original) {
        TensorInfo copy = adapter.info(name);
        TensorInfo own = base.info(original);
        if (Math.max(copy.bytes(), own.bytes()) <= TensorSource.PIECE_BYTES) {
            return isEqual(adapter.tensor(name), base.tensor(original));
        }
        // pieces of the same rows, whatever the types
        long rows = own.shape()[0];
        long each = Math.max(1, TensorSource.PIECE_BYTES * rows / Math.max(copy.bytes(), own.bytes()));
        Iterator<TensorSource.Rows> copies =
                adapter.rows(name, each * (copy.bytes() / rows)).iterator();
        Iterator<TensorSource.Rows> originals =
                base.rows(original, each * (own.bytes() / rows)).iterator();
        while (copies.hasNext() && originals.hasNext()) {
            if (!isEqual(copies.next().data(), originals.next().data())) return false;
        }
        return copies.hasNext() == originals.hasNext();
    }

    private static boolean isEqual(TensorData copy, TensorData own) {
        if (copy.dtype() == own.dtype()) return copy.data().equals(own.data());
        FloatBuffer a = copy.toF32().data().asFloatBuffer();
        return a.equals(own.toF32().data().asFloatBuffer());
    }
}
