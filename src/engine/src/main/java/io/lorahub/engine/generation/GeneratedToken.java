package io.lorahub.engine.generation;

import java.util.List;
import java.util.Optional;

/**
 * A token that a generation continues with.
 *
 * @param token          what it is
 * @param text           the text that has become complete with it: never a part of a character, and nothing that could
 *                       still turn out to be the beginning of a stop string; often empty
 * @param logProbability natural logarithm of the probability that the model gives to it, before temperature and all other
 *                       settings of the request
 * @param alternatives   the most probable tokens at its place, the most probable first; as many as the request asks for
 */
public record GeneratedToken(Token token, String text, double logProbability, List<Alternative> alternatives) {

    /**
     * A token of the vocabulary.
     *
     * @param id      its number
     * @param text    what it adds to the text, with special tokens spelled out; a part of a character is U+FFFD
     * @param partial its bytes, if it is a part of a character in UTF-8, or of several; otherwise empty
     */
    public record Token(int id, String text, Optional<byte[]> partial) {}

    /** A token that the model could have continued with. */
    public record Alternative(Token token, double logProbability) {}
}
