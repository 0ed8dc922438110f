package io.lorahub.engine.lora.check;

import com.fasterxml.jackson.databind.JsonNode;
import io.lorahub.engine.lora.config.AdapterConfig;
import io.lorahub.engine.lora.config.CheckFinding;
import io.lorahub.engine.lora.config.SavedModules;
import io.lorahub.engine.safetensors.DType;
import io.lorahub.engine.safetensors.TensorData;
import io.lorahub.engine.safetensors.TensorInfo;
import io.lorahub.engine.safetensors.TensorSource;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.commons.codec.digest.DigestUtils;

/**
 * Copies of the base model's embedding or output layer that PEFT saves next to the factors: because they are listed in
 * modules_to_save, or because of save_embedding_layers, which is the default if they are adapted or the vocabulary
 * changed. PEFT loads them over the base model's weights, which has no effect if they are equal. Those in
 * modules_to_save can have been trained, and then replace the base model's.
 */
public final class BaseCopies {

    /** Code of the remark about a copy. */
    public static final String CODE = "base-copy";

    /** Code of the remark about a module that was trained as a whole. */
    public static final String TRAINED = "saved-module-trained";

    private static final Pattern NAME = Pattern.compile("base_model\\.model\\.((?:[a-z_]+\\.)?(?:" + SavedModules.TABLES
            + "))\\.(?:base_layer\\.|original_module\\.|modules_to_save\\.(?:[^.]++\\.)?)?weight");

    /** Names of the input embedding, which a tied output layer or another reference to the embedding shares. */
    private static final List<String> EMBEDDINGS = List.of(
            SharedEmbeddingCheck.SHARED + ".weight",
            "model.embed_tokens.weight",
            "transformer.wte.weight",
            "gpt_neox.embed_in.weight");

    /** Size of the pieces that are converted at once. */
    private static final long PIECE_BYTES = 16L << 20;

    private BaseCopies() {}

    /**
     * @param dtype  type of the copy
     * @param sha256 of its bytes
     * @param saved  whether modules_to_save lists it, so that it can have been trained
     */
    public record Hash(DType dtype, String sha256, boolean saved) {}

    static boolean isOne(String tensor) {
        return NAME.matcher(tensor).matches();
    }

    /** Whether the tensor is a copy of the weight of a module with this name or end of a name. */
    static boolean isOf(String module, String tensor) {
        Matcher matcher = NAME.matcher(tensor);
        return matcher.matches()
                && (matcher.group(1).equals(module) || matcher.group(1).endsWith("." + module));
    }

    /** Whether the tensor is the weight of a module that modules_to_save lists. */
    static boolean isSaved(String tensor, JsonNode config) {
        if (tensor.contains(".base_layer.") || tensor.contains(".original_module.")) return false;
        if (SavedModules.areTied(config)) return isOne(tensor);
        return SavedModules.tables(config).stream().anyMatch(module -> isOf(module, tensor));
    }

    private static Stream<String> in(TensorSource adapter) {
        return adapter.names().stream().filter(BaseCopies::isOne);
    }

    /**
     * Compares the copies with the base model's weights: a remark for each that is equal or was trained as
     * modules_to_save lists it, an error for each other. If only the base model's shapes are known, only errors in
     * shapes are returned.
     */
    public static List<CheckFinding> compare(TensorSource adapter, AdapterConfig config, TensorSource base) {
        return in(adapter)
                .flatMap(name -> misshapen(name, adapter, base)
                        .or(() -> base.holdsData()
                                ? Optional.of(compared(name, adapter, config, base))
                                : Optional.empty())
                        .stream())
                .toList();
    }

    /** Returns the hashes of the copies by tensor name, to compare with {@link #sha256} where the base model is. */
    public static SortedMap<String, Hash> hashes(TensorSource adapter, JsonNode config) {
        SortedMap<String, Hash> hashes = new TreeMap<>();
        in(adapter).forEach(name -> {
            DType dtype = adapter.info(name).dtype();
            hashes.put(name, new Hash(dtype, sha256(adapter, name, dtype), dtype.isFloat() && isSaved(name, config)));
        });
        return hashes;
    }

    /**
     * Returns the finding about a copy whose shape is known to fit.
     *
     * @param saved whether modules_to_save lists it
     */
    public static CheckFinding finding(String name, String original, boolean equal, boolean saved) {
        if (equal) {
            return CheckFinding.info(
                    CODE, name, "%s equals %s of the base model and is ignored.".formatted(name, original));
        }
        if (saved && module(name).equals(SharedEmbeddingCheck.SHARED)) {
            return error(
                    name,
                    "%s differs from the base model's: PEFT replaces the module shared, but T5's encoder and decoder keep their own references to the embedding, so what it changes depends on how it is loaded."
                            .formatted(name),
                    "Train it again with modules_to_save=[\"embed_tokens\"], which names those.");
        }
        return saved
                ? CheckFinding.info(
                        TRAINED,
                        name,
                        "%s was trained (modules_to_save): it replaces %s of the base model in every mix in which this adapter has a weight other than 0. Only one adapter of a mix can have such modules."
                                .formatted(name, original))
                : error(
                        name,
                        "%s differs from %s of the base model: PEFT would replace that weight, and replacements cannot be mixed."
                                .formatted(name, original),
                        "Train it again without modules_to_save. If only the factors were trained, save it with"
                                + " save_embedding_layers=False, for the base model as it is.");
    }

    /**
     * Names of the weights that modules_to_save lists and that differ from the base model's of the same shape, in the
     * order of the file.
     */
    public static List<String> trained(TensorSource adapter, AdapterConfig config, TensorSource base) {
        return saved(adapter, config)
                .filter(name -> misshapen(name, adapter, base).isEmpty())
                .filter(name -> !isEqual(adapter, name, base, original(name, base)))
                .toList();
    }

    /** Names of the weights that modules_to_save lists. */
    public static Stream<String> saved(TensorSource adapter, AdapterConfig config) {
        return in(adapter).filter(name -> canReplace(name, adapter, config));
    }

    private static boolean canReplace(String name, TensorSource adapter, AdapterConfig config) {
        return adapter.info(name).dtype().isFloat() && isSaved(name, config.json());
    }

    /** The module whose weight this is, such as lm_head. */
    public static String module(String name) {
        Matcher matcher = NAME.matcher(name);
        if (!matcher.matches()) throw new IllegalArgumentException(name);
        return matcher.group(1);
    }

    private static CheckFinding compared(String name, TensorSource adapter, AdapterConfig config, TensorSource base) {
        String original = original(name, base);
        return finding(name, original, isEqual(adapter, name, base, original), canReplace(name, adapter, config));
    }

    private static Optional<CheckFinding> misshapen(String name, TensorSource adapter, TensorSource base) {
        String original = original(name, base);
        if (!base.names().contains(original)) {
            return Optional.of(error(
                    name,
                    "The base model has no %s, of which %s is a copy.".formatted(original, name),
                    "Name the model that it was trained on."));
        }
        long[] shape = adapter.info(name).shape();
        long[] own = base.info(original).shape();
        if (Arrays.equals(shape, own)) return Optional.empty();
        return Optional.of(
                shape.length == 2 && own.length == 2 && shape[1] == own[1]
                        ? error(
                                name,
                                "%s has %d rows, but %s of the base model %d: the vocabulary was changed in training, and added tokens cannot be mixed."
                                        .formatted(name, shape[0], original, own[0]),
                                "Train it again with the base model's own vocabulary.")
                        : error(
                                name,
                                "%s has the shape %s, but %s of the base model %s."
                                        .formatted(name, Arrays.toString(shape), original, Arrays.toString(own)),
                                "Name the model that it was trained on."));
    }

    /** Returns the weight's name in the base model, where a tied model has only the embedding. */
    public static String original(String name, TensorSource base) {
        Matcher matcher = NAME.matcher(name);
        if (!matcher.matches()) throw new IllegalArgumentException(name);
        return weight(matcher.group(1), base);
    }

    /** The same of any module. */
    public static String weight(String module, TensorSource base) {
        String own = module + ".weight";
        if (base.names().contains(own) || !SavedModules.isTable(module)) return own;
        return EMBEDDINGS.stream().filter(base.names()::contains).findFirst().orElse(own);
    }

    private static CheckFinding error(String name, String message, String fix) {
        return CheckFinding.error("base-copy-differs", name, message, fix);
    }

    /** Whether the copy is the original, as rounded to the copy's type. */
    private static boolean isEqual(TensorSource adapter, String name, TensorSource base, String original) {
        TensorInfo copy = adapter.info(name);
        TensorInfo own = base.info(original);
        if (!copy.dtype().isFloat() || !own.dtype().isFloat() || copy.shape().length == 0) return false;
        // pieces of the same rows, whatever the types
        long rows = Math.max(1, own.shape()[0]);
        long each = Math.max(1, PIECE_BYTES * rows / Math.max(1, Math.max(copy.bytes(), own.bytes())));
        Iterator<TensorSource.Rows> copies =
                adapter.rows(name, each * (copy.bytes() / rows)).iterator();
        Iterator<TensorSource.Rows> originals =
                base.rows(original, each * (own.bytes() / rows)).iterator();
        while (copies.hasNext() && originals.hasNext()) {
            TensorData piece = originals.next().data().to(copy.dtype());
            if (!copies.next().data().data().equals(piece.data())) return false;
        }
        return copies.hasNext() == originals.hasNext();
    }

    /** Returns the SHA-256 of a tensor's bytes once it is rounded to a type. */
    public static String sha256(TensorSource source, String name, DType type) {
        MessageDigest digest = DigestUtils.getSha256Digest();
        source.rows(name, PIECE_BYTES)
                .forEach(rows -> digest.update(rows.data().to(type).data()));
        return HexFormat.of().formatHex(digest.digest());
    }
}
