package io.lorahub.engine.generation;

import io.lorahub.engine.learning.LoadedModel;
import io.lorahub.engine.model.DecoderLimits;

/**
 * Generates text with one base model for any number of requests. It has one thread, which decodes all requests together;
 * those that find no room wait in the order of their arrival.
 */
public final class TextGenerator implements AutoCloseable {

    /** The model must stay open until the generator is closed. */
    public static TextGenerator open(LoadedModel model, DecoderLimits limits) {
        throw new UnsupportedOperationException();
    }

    /**
     * Queues a request. Throws EngineException if an adapter doesn't fit the base model, if two adapters replace whole
     * modules, if the prompt has no tokens or more than the model has positions for, if the request could never fit into the
     * generator's memory, or if the generator is closed.
     */
    public Generation submit(GenerationRequest request, GenerationListener listener) {
        throw new UnsupportedOperationException();
    }

    /** Memory in bytes that the generator takes at most, besides the model's weights. */
    public long memory() {
        throw new UnsupportedOperationException();
    }

    /** Number of requests that have not ended, including those that wait. */
    public int requests() {
        throw new UnsupportedOperationException();
    }

    /** Fails all requests that have not ended, and waits until the thread has ended. */
    @Override
    public void close() {
        throw new UnsupportedOperationException();
    }
}
