package io.lorahub.engine.generation;

/** A request that was submitted to a {@link TextGenerator}. */
public interface Generation {

    /**
     * Ends the generation at the next token. The listener then hears of the end with {@link FinishReason#CANCELLED}, unless
     * it has ended before. Can be called from any thread and any number of times.
     */
    void cancel();
}
