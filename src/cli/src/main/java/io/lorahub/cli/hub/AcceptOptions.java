package io.lorahub.cli.hub;

import io.lorahub.cli.terminal.ExitCode;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Option;

/** What counts as success for a script. */
public final class AcceptOptions {

    @Option(
            names = "--accept-worse",
            description = "Exit with 0 instead of 1 if a single adapter does better than the mix.")
    private boolean worse;

    /**
     * Warns if one adapter alone does better.
     *
     * @param better  that adapter
     * @param written where the mix was written to
     */
    public int exitCode(Optional<String> better, Optional<Path> written, PrintWriter err) {
        if (better.isEmpty()) return ExitCode.OK;
        err.println("lorahub: warning: %s alone does better than the mix%s. Use it alone, or a larger --budget."
                .formatted(
                        better.get(),
                        written.map(" that was written to %s"::formatted).orElse("")));
        err.flush();
        return worse ? ExitCode.OK : ExitCode.FINDINGS;
    }
}
