package io.lorahub.bench;

import io.lorahub.bench.engine.EngineBenchCommand;
import io.lorahub.bench.hub.CompletionsBenchCommand;
import io.lorahub.bench.hub.LargeRunBenchCommand;
import io.lorahub.bench.hub.PagesBenchCommand;
import io.lorahub.bench.hub.PoolBenchCommand;
import io.lorahub.bench.hub.WebBenchCommand;
import io.lorahub.bench.reference.ReferenceBenchCommand;
import io.lorahub.bench.reference.ServeBenchCommand;
import io.lorahub.bench.search.SearchBenchCommand;
import io.lorahub.bench.search.SolvableBenchCommand;
import io.lorahub.bench.siege.SiegeBenchCommand;
import io.lorahub.bench.soak.SoakBenchCommand;
import io.lorahub.bench.study.StudyBenchCommand;
import io.lorahub.bench.upgrade.UpgradeBenchCommand;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Measures LoraHub on this machine. */
@Command(
        name = "bench",
        description = "Measures the search, the engine and the hub, and compares with the published program.",
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {
            SearchBenchCommand.class,
            SolvableBenchCommand.class,
            StudyBenchCommand.class,
            EngineBenchCommand.class,
            ReferenceBenchCommand.class,
            ServeBenchCommand.class,
            WebBenchCommand.class,
            PagesBenchCommand.class,
            PoolBenchCommand.class,
            LargeRunBenchCommand.class,
            CompletionsBenchCommand.class,
            SiegeBenchCommand.class,
            UpgradeBenchCommand.class,
            SoakBenchCommand.class
        })
public final class BenchCommand implements Runnable {

    @Spec
    private CommandSpec command;

    @Override
    public void run() {
        throw new ParameterException(
                command.commandLine(),
                "Choose what to measure: engine, search, solvable, study, reference, serve, web, pages, pool, large-run, completions, siege, upgrade or soak.");
    }
}
