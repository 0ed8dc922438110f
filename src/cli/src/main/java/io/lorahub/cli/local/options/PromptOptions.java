package io.lorahub.cli.local.options;

import io.lorahub.cli.terminal.UsageErrors;
import io.lorahub.engine.prompt.PromptChoice;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** How a decoder-only model reads an input. */
public class PromptOptions {

    @Option(
            names = "--prompt",
            paramLabel = "FORMAT",
            description =
                    "How a decoder-only model reads an input: chat (the model's own template, the default if it has"
                            + " one), plain (the input, a space, the output), or a text with {input} and {output}.")
    private String prompt;

    @Option(
            names = "--system",
            paramLabel = "TEXT",
            description = "The system message of a chat. Default: the template's own, if it has one.")
    private String system;

    @Spec(Spec.Target.MIXEE)
    private CommandSpec command;

    public final PromptChoice prompt() {
        return UsageErrors.checked(command, () -> PromptChoice.of(prompt, system));
    }

    /** Throws a usage error if an option was given. */
    public final void requireNone(String needed) {
        if (prompt != null || system != null) {
            throw UsageErrors.wrong(command, "--prompt and --system need " + needed + ".");
        }
    }
}
