package io.lorahub.cli;

import io.lorahub.cli.terminal.ExitCode;
import java.util.concurrent.Callable;
import picocli.AutoComplete;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

@Command(
        name = "completion",
        description = {"Prints a completion script for bash and zsh.", ""},
        footer = {"", "source <(lorahub completion)"})
final class CompletionCommand implements Callable<Integer> {

    @Spec
    private CommandSpec command;

    @Override
    public Integer call() {
        var root = command.root().commandLine();
        root.getOut().print(AutoComplete.bash(command.root().name(), root));
        root.getOut().flush();
        return ExitCode.OK;
    }
}
