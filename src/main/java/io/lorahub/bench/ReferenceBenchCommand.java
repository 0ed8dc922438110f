package io.lorahub.bench;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lorahub.engine.EngineException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Measures the published program and LoraHub beside each other. */
@Command(
        name = "reference",
        description = {
            "Runs the published program (PyPI: lorahub 0.1.0) and LoraHub on the same weights, checks that they"
                    + " agree, and prints how much faster LoraHub is. Needs Python 3; the first run installs about 5 GB"
                    + " from PyPI.",
            ""
        })
final class ReferenceBenchCommand implements Callable<Integer> {

    @Mixin
    private BenchOutput output;

    @Option(
            names = "--rows",
            split = ",",
            paramLabel = "ROW",
            defaultValue = "demo,small,base,small-bf16,base-bf16,unequal,run,shell",
            description = "What to measure; \"large\" takes minutes more. Default: ${DEFAULT-VALUE}.")
    private List<String> rows;

    @Option(
            names = "--venv",
            paramLabel = "DIR",
            description = "A Python environment that holds the published program. Default: one of its own in the"
                    + " cache folder.")
    private Path venv;

    @Option(names = "--require", description = "Fail where the published program cannot be run.")
    private boolean require;

    @Option(
            names = "--rounds",
            paramLabel = "N",
            defaultValue = "5",
            description = "Repetitions of each measurement. Default: ${DEFAULT-VALUE}.")
    private int rounds;

    @Option(
            names = "--threads",
            paramLabel = "N",
            description = "Threads of both programs. Default: what each takes by itself.")
    private int threads;

    @Option(
            names = "--launcher",
            paramLabel = "COMMAND",
            split = " ",
            description = "How a shell starts LoraHub, for the row shell. Default: as this process was started.")
    private List<String> launcher;

    @Override
    public Integer call() {
        if (rounds < 1 || threads < 0) {
            throw output.wrong("--rounds must be at least 1 and --threads not negative.");
        }
        List<ReferenceRow> chosen = rows.stream().map(this::row).toList();
        ObjectNode result = BenchOutput.JSON.createObjectNode();
        result.put("threads", threads);
        ArrayNode measured = result.putArray("rows");
        Optional<String> missing = Optional.empty();
        try (ReferenceContext context = new ReferenceContext(environment(), threads, rounds, launcher, output)) {
            for (ReferenceRow row : chosen) {
                output.say("Measuring the row " + row.word());
                measured.add(row.measure(context).put("row", row.word()));
            }
        } catch (UnavailableException e) {
            if (require) {
                throw new EngineException(e.getMessage(), e);
            }
            missing = Optional.of(e.getMessage());
        }
        missing.ifPresent(why -> result.put("published_program", why));
        output.print(
                result,
                missing.map(why -> why + " The rows are left out.")
                        .orElseGet(() -> new ReferenceReport(measured, threads).text()));
        return 0;
    }

    private ReferenceRow row(String word) {
        return ReferenceRow.named(word)
                .orElseThrow(() -> output.wrong("There is no row \"%s\"; say any of %s."
                        .formatted(word, String.join(", ", ReferenceRow.words()))));
    }

    private PythonEnvironment environment() {
        return venv == null ? PythonEnvironment.installed(output) : PythonEnvironment.at(venv);
    }
}
