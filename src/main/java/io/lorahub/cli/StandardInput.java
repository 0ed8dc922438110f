package io.lorahub.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** What is piped or typed into the program. */
final class StandardInput {

    private StandardInput() {}

    static BufferedReader reader() {
        return new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    }

    /** All lines that hold something, to the end of the input. */
    static List<String> lines() throws IOException {
        return reader().lines().filter(l -> !l.isBlank()).toList();
    }

    /** Whether someone types: both input and output are a terminal. */
    static boolean isInteractive() {
        return System.console() != null;
    }
}
