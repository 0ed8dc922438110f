package io.lorahub.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.stream.Stream;

/** A command line that was run in this process, with what it printed. */
public record Run(int code, String out, String err) {

    public static Run of(Object... words) {
        return printing(new StringWriter(), words);
    }

    /** @param out standard output */
    public static Run printing(StringWriter out, Object... words) {
        StringWriter err = new StringWriter();
        String[] args = Arrays.stream(words)
                .flatMap(w -> w instanceof String[] many ? Stream.of(many) : Stream.of(w.toString()))
                .toArray(String[]::new);
        int code = Main.run(args, new PrintWriter(out), new PrintWriter(err));
        return new Run(code, out.toString(), err.toString());
    }

    /** @param input standard input */
    public static Run reading(String input, Object... words) {
        return reading(input.getBytes(StandardCharsets.UTF_8), words);
    }

    public static synchronized Run reading(byte[] input, Object... words) {
        InputStream before = System.in;
        System.setIn(new ByteArrayInputStream(input));
        try {
            return of(words);
        } finally {
            System.setIn(before);
        }
    }

    /** Standard output as a single JSON value. */
    public JsonNode json() {
        try {
            return new ObjectMapper()
                    .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                    .readTree(out);
        } catch (JsonProcessingException e) {
            throw new AssertionError("no JSON: " + out + err, e);
        }
    }
}
