package io.lorahub.cli;

import java.util.Optional;
import picocli.CommandLine.Option;

/** What a script takes for a success. */
final class AcceptOptions {

    @Option(
            names = "--accept-worse",
            description = "Exit with 0 instead of 1 where one adapter alone does better than the mix.")
    private boolean worse;

    /** @param better the adapter that does better than the mix */
    int exitCode(Optional<String> better) {
        return better.isPresent() && !worse ? ExitCode.FINDINGS : ExitCode.OK;
    }
}
