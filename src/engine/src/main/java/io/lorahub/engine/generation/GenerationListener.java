package io.lorahub.engine.generation;

import io.lorahub.engine.error.EngineException;

/**
 * Receives what is generated for one request: any number of tokens, then exactly one call of {@link #end} or
 * {@link #failed}. The calls come from the generator's thread, which computes nothing meanwhile, so they must not wait for
 * anything.
 */
public interface GenerationListener {

    /** The next token. The text of an end token isn't part of a generation, so this isn't called for it. */
    void token(GeneratedToken token);

    /**
     * The generation is complete.
     *
     * @param rest text that had been held back because a stop string could have begun in it; often empty
     */
    void end(FinishReason reason, String rest);

    /** The generation can't continue. What has been generated so far isn't a complete text. */
    void failed(EngineException reason);
}
