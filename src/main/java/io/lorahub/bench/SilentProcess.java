package io.lorahub.bench;

import io.lorahub.engine.EngineException;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.util.List;
import java.util.Set;

/** A command whose output nobody needs. */
final class SilentProcess {

    private SilentProcess() {}

    /** Without the setting that our launcher makes for itself: a user of the published program has none. */
    static void asByItsUsers(ProcessBuilder builder) {
        builder.environment().keySet().removeAll(Set.of("OMP_WAIT_POLICY", "GOMP_SPINCOUNT"));
    }

    static void run(List<String> command) {
        try {
            ProcessBuilder builder = new ProcessBuilder(command);
            asByItsUsers(builder);
            Process process = builder.redirectOutput(Redirect.DISCARD)
                    .redirectError(Redirect.DISCARD)
                    .start();
            process.getOutputStream().close();
            int code = process.waitFor();
            if (code != 0) {
                throw new EngineException(
                        "The command \"%s\" ended with the exit code %d.".formatted(String.join(" ", command), code));
            }
        } catch (IOException e) {
            throw new EngineException(
                    "The command \"%s\" cannot be started: %s.".formatted(command.get(0), e.getMessage()), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new EngineException("The measurement was interrupted.", e);
        }
    }
}
