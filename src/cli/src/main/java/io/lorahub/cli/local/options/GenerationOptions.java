package io.lorahub.cli.local.options;

import io.lorahub.cli.terminal.UsageErrors;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** How to write text. Decoding is greedy. */
public final class GenerationOptions {

    @Option(
            names = "--max-new-tokens",
            paramLabel = "N",
            defaultValue = "32",
            description = "Maximum number of tokens to generate (default 32).")
    private int maxNewTokens;

    @Spec(Spec.Target.MIXEE)
    private CommandSpec command;

    public int maxNewTokens() {
        if (maxNewTokens < 1 || maxNewTokens > 4096) {
            throw UsageErrors.wrong(
                    command, "--max-new-tokens must be from 1 to 4096, but is %d.".formatted(maxNewTokens));
        }
        return maxNewTokens;
    }
}
