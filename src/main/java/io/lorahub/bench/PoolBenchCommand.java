package io.lorahub.bench;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lorahub.engine.EngineException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Measures the worker pool: what queue and log cost, how it grows with workers, how soon it begins, who watches. */
@Command(
        name = "pool",
        description = {
            "Measures a real hub with worker processes on a PostgreSQL of its own: what queue and log cost beside the same"
                    + " search without a hub, evaluations a second with one worker and with two, the time from a click to"
                    + " the first evaluation, how late many watchers see an event, and what taking a run costs where many wait.",
            ""
        })
final class PoolBenchCommand implements Callable<Integer> {

    @Mixin
    private BenchOutput output;

    @Option(
            names = "--evaluations",
            paramLabel = "N",
            defaultValue = "400",
            description = "Of each measured run. Default: ${DEFAULT-VALUE}.")
    private int evaluations;

    @Option(
            names = "--rounds",
            paramLabel = "N",
            defaultValue = "5",
            description = "Repetitions of each measurement. Default: ${DEFAULT-VALUE}.")
    private int rounds;

    @Option(
            names = "--watchers",
            paramLabel = "N",
            defaultValue = "500",
            description = "Who watch one run. Default: ${DEFAULT-VALUE}.")
    private int watchers;

    @Option(
            names = "--folder",
            paramLabel = "DIR",
            defaultValue = "${sys:java.io.tmpdir}",
            description = "Where the hub keeps its data meanwhile. Default: ${DEFAULT-VALUE}.")
    private Path folder;

    @Override
    public Integer call() {
        if (evaluations < 20 || evaluations > 1000 || rounds < 1 || watchers < 1) {
            throw output.wrong("--evaluations must be from 20 to 1000, --rounds and --watchers at least 1.");
        }
        try (HubUnderTest hub = HubUnderTest.in(folder)) {
            ObjectNode result = new PoolMeasurement(hub, output, evaluations, rounds).measure(watchers);
            output.print(result, new PoolReport(result).text());
            return 0;
        } catch (SQLException e) {
            throw new EngineException("The hub's database does not answer: %s".formatted(e.getMessage()), e);
        }
    }
}
