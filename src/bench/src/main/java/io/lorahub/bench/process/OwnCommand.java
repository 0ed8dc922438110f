package io.lorahub.bench.process;

import io.lorahub.engine.error.EngineException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** How this program was started. */
public final class OwnCommand {

    private OwnCommand() {}

    /** What comes before a command: the launcher in the folder that we run in, or Java with its arguments. */
    public static List<String> prefix() {
        Path launcher = Path.of("lorahub").toAbsolutePath();
        return Files.isRegularFile(launcher) && Files.isExecutable(launcher)
                ? List.of(launcher.toString())
                : javaPrefix();
    }

    private static List<String> javaPrefix() {
        ProcessHandle.Info info = ProcessHandle.current().info();
        Optional<String> java = info.command();
        List<String> arguments = info.arguments().map(Arrays::asList).orElse(List.of());
        int bench = arguments.indexOf("bench");
        if (java.isEmpty() || bench < 0) {
            throw new EngineException(
                    "The system doesn't show how this process was started; give the command with --launcher.");
        }
        List<String> prefix = new ArrayList<>(List.of(java.get()));
        prefix.addAll(arguments.subList(0, bench));
        return prefix;
    }
}
