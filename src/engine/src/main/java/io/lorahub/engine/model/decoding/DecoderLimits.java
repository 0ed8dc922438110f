package io.lorahub.engine.model.decoding;

import io.lorahub.engine.error.EngineException;
import io.lorahub.engine.model.LanguageModel;
import io.lorahub.engine.model.family.Architecture;
import java.util.List;

/**
 * What decoding in batches can use.
 *
 * @param rows         number of texts that are decoded at once
 * @param cacheTokens  number of tokens, of all texts together, whose keys and values are kept; a text takes its prompt and
 *                     the tokens that it can get at most, rounded up to the next block or power of two blocks
 * @param adapterBytes memory for the factors of adapters in bytes; adapters that no text uses stay there until others need
 *                     the room
 * @param packedBytes  memory for copies of the model's weights that a CPU reads faster where few tokens are computed: up to
 *                     three times as fast for eight texts. Without enough for all, some layers have none
 * @param chunk        number of tokens of prompts that are read between two tokens of the texts that are already being
 *                     written; more let a new text begin sooner and make the others wait longer
 */
public record DecoderLimits(int rows, int cacheTokens, long adapterBytes, long packedBytes, int chunk) {

    private static final long PACKED = 2_000_000_000;

    /** Number of texts from which packed weights are faster. */
    private static final int PACKED_FROM = 4;

    /** Memory for keys and values of inputs that are all known, beyond which texts wait for others to end. */
    private static final long CACHE_BYTES = 500_000_000;

    /** Number of tokens of these that are read at once. */
    private static final int LARGE_CHUNK = 4096;

    public DecoderLimits {
        if (rows < 1 || cacheTokens < 1 || adapterBytes < 0 || packedBytes < 0 || chunk < 1) {
            throw new EngineException(
                    "Decoding needs at least one row, one token of cache and one token per chunk, and no negative number of bytes.");
        }
    }

    /** With up to 2 GB of packed weights. */
    public DecoderLimits(int rows, int cacheTokens, long adapterBytes, int chunk) {
        this(rows, cacheTokens, adapterBytes, PACKED, chunk);
    }

    /**
     * For inputs that are all decoded together: room for all texts if that takes little memory, but at least for the
     * longest, and for any adapters.
     *
     * @param maxTokens number of tokens that each can get
     */
    public static DecoderLimits forInputs(LanguageModel model, List<int[]> inputs, int maxTokens) {
        int longest = inputs.stream().mapToInt(input -> input.length).max().orElse(1);
        boolean encodes = model.config().architecture() == Architecture.ENCODER_DECODER;
        long each = CachePlaces.stride(encodes ? Math.max(longest, maxTokens) : longest + maxTokens);
        long bytes = (encodes ? 2 : 1)
                * model.config().keysAndValues().perToken()
                * model.precision().bytes();
        long tokens = Math.max(each, Math.min(inputs.size() * each, CACHE_BYTES / bytes));
        return new DecoderLimits(
                Math.max(1, inputs.size()),
                Math.toIntExact(tokens),
                Integer.MAX_VALUE,
                inputs.size() < PACKED_FROM ? 0 : PACKED,
                LARGE_CHUNK);
    }

    /** With no packed weights, and a cache for so many tokens. */
    public DecoderLimits withoutPacked(int cacheTokens) {
        return new DecoderLimits(rows, cacheTokens, adapterBytes, 0, chunk);
    }

    /** For texts that all have one mix, which takes no room beside the weights, and whose changed weights aren't packed. */
    DecoderLimits withoutAdapters() {
        return new DecoderLimits(rows, cacheTokens, 0, 0, chunk);
    }
}
