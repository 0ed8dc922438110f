/**
 * Text generation for programs, as OpenAI's API defines it, with adapters, base models, results of runs and mixes as models.
 * Begin with {@code OpenAiResource}. A web process queues what is to be written ({@code Generations}) and sends what workers
 * write ({@code GenerationStreams}). {@code GenerationLimits} says how many requests and tokens a caller has left.
 *
 * <p>What was asked is stored until the text has ended and no longer. A text that didn't end is never sent as if it had.
 */
package io.lorahub.generation;
