package io.lorahub.cli.terminal;

import io.lorahub.engine.error.EngineException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** What is piped or typed into the program. */
public final class StandardInput {

    private static final String BYTE_ORDER_MARK = "\uFEFF";

    private StandardInput() {}

    public static BufferedReader reader() {
        return new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    }

    /** All lines, including empty ones, so that answers match inputs by position. */
    public static List<String> lines() throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(System.in.readAllBytes());
        try {
            String text = StandardCharsets.UTF_8.newDecoder().decode(bytes).toString();
            return (text.startsWith(BYTE_ORDER_MARK) ? text.substring(1) : text)
                    .lines()
                    .toList();
        } catch (CharacterCodingException e) {
            long line = 1;
            for (int i = 0; i < bytes.position(); i++) {
                if (bytes.get(i) == '\n') line++;
            }
            throw new EngineException("Standard input, line %d: this is not UTF-8 text.".formatted(line), e);
        }
    }

    /** Whether input and output are both a terminal. */
    public static boolean isInteractive() {
        return System.console() != null;
    }
}
