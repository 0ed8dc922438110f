package io.lorahub.bench.process;

import io.lorahub.engine.error.EngineException;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/** A program of this machine that does a step for us, such as git or Maven. */
public final class OtherProgram {

    private OtherProgram() {}

    /** @return its output */
    public static String run(Path folder, List<String> command) {
        try {
            Process process = new ProcessBuilder(command)
                    .directory(folder.toFile())
                    .redirectError(Redirect.INHERIT)
                    .start();
            process.getOutputStream().close();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            await(process, command, output);
            return output;
        } catch (IOException e) {
            throw new EngineException("\"%s\" cannot be started: %s".formatted(command.get(0), e.getMessage()), e);
        }
    }

    /** Waits for its end; an exit status other than 0 is an error. */
    public static void await(Process process, List<String> command, String output) {
        try {
            if (process.waitFor() != 0) {
                throw new EngineException("\"%s\" failed: %s".formatted(String.join(" ", command), output));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new EngineException("LoraHub was interrupted while it waited for %s.".formatted(command.get(0)), e);
        }
    }
}
