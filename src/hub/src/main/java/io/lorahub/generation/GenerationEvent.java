package io.lorahub.generation;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;

/**
 * What a worker tells a web process about one text: its next token, its end, or why the whole request failed. Absent values
 * are null.
 *
 * @param choice         number of the text in its request, from 0
 * @param text           the text that has become complete
 * @param token          the token's own text
 * @param partial        the token's bytes, if it is a part of a character
 * @param logProbability of the token
 * @param alternatives   the most probable tokens at its place
 * @param finish         the finish_reason of OpenAI's API, with the end of the text
 * @param failure        a sentence for the caller, if the request failed
 * @param status         of HTTP, if the request failed
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record GenerationEvent(
        @JsonProperty("c") int choice,
        @JsonProperty("x") String text,
        @JsonProperty("t") String token,
        @JsonProperty("b") byte[] partial,
        @JsonProperty("p") Double logProbability,
        @JsonProperty("a") List<Alternative> alternatives,
        @JsonProperty("f") String finish,
        @JsonProperty("e") String failure,
        @JsonProperty("s") Integer status) {

    /** A token that could have come instead. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Alternative(
            @JsonProperty("t") String token,
            @JsonProperty("b") byte[] partial,
            @JsonProperty("p") double logProbability) {}

    public static GenerationEvent token(
            int choice,
            String text,
            String token,
            byte[] partial,
            Double logProbability,
            List<Alternative> alternatives) {
        return new GenerationEvent(choice, text, token, partial, logProbability, alternatives, null, null, null);
    }

    /** @param rest of the text */
    public static GenerationEvent end(int choice, String rest, String finish) {
        return new GenerationEvent(choice, rest, null, null, null, null, finish, null, null);
    }

    public static GenerationEvent failure(int status, String sentence) {
        return new GenerationEvent(0, null, null, null, null, null, null, sentence, status);
    }

    boolean isToken() {
        return token != null;
    }
}
