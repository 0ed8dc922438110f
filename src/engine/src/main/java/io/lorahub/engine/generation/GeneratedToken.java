package io.lorahub.engine.generation;

import java.util.List;

/**
 * A token that a generation continues with.
 *
 * @param id             its number in the vocabulary
 * @param token          its own text, with special tokens spelled out; half a character is U+FFFD
 * @param text           the text that has become complete with it: never half a character, and nothing that could still
 *                       turn out to be the beginning of a stop string; often empty
 * @param logProbability natural logarithm of the probability that the model gives to it, before temperature and all other
 *                       settings of the request
 * @param alternatives   the most probable tokens at its place, the most probable first; as many as the request asks for
 */
public record GeneratedToken(int id, String token, String text, double logProbability, List<Alternative> alternatives) {

    /** A token that the model could have continued with. */
    public record Alternative(int id, String token, double logProbability) {}
}
