package io.lorahub.engine.model;

import io.lorahub.engine.error.EngineException;

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

    private static final long PACKED = 1_000_000_000;

    public DecoderLimits {
        if (rows < 1 || cacheTokens < 1 || adapterBytes < 0 || packedBytes < 0 || chunk < 1) {
            throw new EngineException(
                    "Decoding needs at least one row, one token of cache and one token per chunk, and no negative number of bytes.");
        }
    }

    /** With up to 1 GB of packed weights. */
    public DecoderLimits(int rows, int cacheTokens, long adapterBytes, int chunk) {
        this(rows, cacheTokens, adapterBytes, PACKED, chunk);
    }
}
