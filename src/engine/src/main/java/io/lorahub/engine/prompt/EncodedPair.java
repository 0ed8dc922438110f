package io.lorahub.engine.prompt;

/**
 * The tokens of an input and its output.
 *
 * @param prompt ids that the model reads
 * @param output ids that it should write, with the end token
 */
public record EncodedPair(int[] prompt, int[] output) {}
