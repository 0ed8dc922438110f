package io.lorahub.bench;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lorahub.engine.EngineException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Measures the hub: pages under load, transfers, memory, weight of pages. */
@Command(
        name = "web",
        description = {
            "Measures a real hub in a process of its own, on a PostgreSQL of its own, in a folder that is deleted at the"
                    + " end: pages at a fixed rate, transfers beside a plain copy, memory, and the pages' weight.",
            ""
        })
final class WebBenchCommand implements Callable<Integer> {

    @Mixin
    private BenchOutput output;

    @Option(
            names = "--adapters",
            paramLabel = "N",
            defaultValue = "100000",
            description = "Adapters on the hub. Default: ${DEFAULT-VALUE}.")
    private int adapters;

    @Option(
            names = "--rate",
            paramLabel = "N",
            defaultValue = "50",
            description = "Pages to ask for in a second. Default: ${DEFAULT-VALUE}.")
    private double rate;

    @Option(
            names = "--seconds",
            paramLabel = "N",
            defaultValue = "60",
            description =
                    "How long to ask for pages, after a third of it that is not measured. Default: ${DEFAULT-VALUE}.")
    private int seconds;

    @Option(
            names = "--megabytes",
            paramLabel = "N",
            defaultValue = "200",
            description = "Size of the file to transfer. Default: ${DEFAULT-VALUE}.")
    private int megabytes;

    @Option(
            names = "--rounds",
            paramLabel = "N",
            defaultValue = "5",
            description = "Transfers of each kind. Default: ${DEFAULT-VALUE}.")
    private int rounds;

    @Option(
            names = "--folder",
            paramLabel = "DIR",
            defaultValue = "${sys:java.io.tmpdir}",
            description = "Where the hub keeps its data meanwhile, on the disk that is to be measured. "
                    + "Default: ${DEFAULT-VALUE}.")
    private Path folder;

    @Override
    public Integer call() {
        if (adapters < 100 || rate <= 0 || seconds < 1 || megabytes < 1 || rounds < 1) {
            throw output.wrong("--adapters must be at least 100, all other numbers positive.");
        }
        try (HubUnderTest hub = HubUnderTest.in(folder)) {
            ObjectNode result = new WebMeasurement(hub, output)
                    .measure(new WebPlan(adapters, rate, Duration.ofSeconds(seconds), megabytes * 1_000_000L, rounds));
            output.print(result, new WebReport(result).text());
            return 0;
        } catch (SQLException e) {
            throw new EngineException("The hub's database does not answer: %s".formatted(e.getMessage()), e);
        }
    }
}
