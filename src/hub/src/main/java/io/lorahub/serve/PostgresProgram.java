package io.lorahub.serve;

import io.lorahub.engine.error.EngineException;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** One of PostgreSQL's programs with its arguments. */
record PostgresProgram(String name, List<String> command) {

    record Ended(int status, String output) {}

    /** @throws ServeException if the exit status is not 0 */
    void run() {
        Ended ended = end();
        if (ended.status() != 0) {
            throw new ServeException("PostgreSQL's %s ended with status %d: %s"
                    .formatted(name, ended.status(), ended.output().strip()));
        }
    }

    Ended end() {
        try {
            Process process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")))
                    .start();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return new Ended(process.waitFor(), output);
        } catch (IOException e) {
            throw new ServeException(
                    "PostgreSQL's %s (%s) cannot be run: %s.".formatted(name, command, EngineException.reason(e)), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ServeException("LoraHub was interrupted while it waited for PostgreSQL's %s.".formatted(name), e);
        }
    }

    static boolean succeeds(String... command) {
        try {
            return new PostgresProgram(command[0], List.of(command)).end().status() == 0;
        } catch (ServeException e) {
            return false;
        }
    }
}
