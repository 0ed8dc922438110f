package io.lorahub.bench;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Measures LoraHub on this machine. */
@Command(
        name = "bench",
        description = "Measures the search, the engine, both beside the published program, and the hub.",
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {
            SearchBenchCommand.class,
            EngineBenchCommand.class,
            ReferenceBenchCommand.class,
            WebBenchCommand.class,
            PoolBenchCommand.class,
            LargeRunBenchCommand.class
        })
public final class BenchCommand implements Runnable {

    @Spec
    private CommandSpec command;

    @Override
    public void run() {
        throw new ParameterException(
                command.commandLine(), "Say what to measure: engine, search, reference, web, pool or large-run.");
    }
}
