package io.lorahub.bench;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lorahub.engine.EngineException;
import io.lorahub.engine.model.Precision;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Measures speed and memory of the engine. */
@Command(
        name = "engine",
        description = {
            "Measures milliseconds per evaluation and memory, on the demo base and on random weights of Flan-T5"
                    + " shapes.",
            ""
        })
final class EngineBenchCommand implements Callable<Integer> {

    @Mixin
    private BenchOutput output;

    @Option(
            names = "--shapes",
            split = ",",
            paramLabel = "SHAPE",
            description = "Any of demo, small, base, large. Default: demo,small.")
    private List<String> shapes;

    @Option(
            names = "--dtypes",
            split = ",",
            paramLabel = "TYPE",
            defaultValue = "float32,bfloat16",
            description = "Types to compute in, the demo base in float32 only. Default: ${DEFAULT-VALUE}.")
    private List<Precision> dtypes;

    @Option(
            names = "--rounds",
            paramLabel = "N",
            defaultValue = "7",
            description = "Repetitions of each measurement. Default: ${DEFAULT-VALUE}.")
    private int rounds;

    @Option(
            names = "--threads",
            paramLabel = "N",
            defaultValue = "0",
            description = "Threads to compute with. Default: one a core.")
    private int threads;

    @Option(
            names = "--export",
            description = "Measure time and memory of writing a mix of all candidates instead, in a process with a"
                    + " server's options. Default shape: large.")
    private boolean export;

    @Option(names = "--clean", description = "Delete the random models at the end.")
    private boolean clean;

    @Override
    public Integer call() {
        if (rounds < 1 || threads < 0) {
            throw output.wrong("--rounds must be at least 1 and --threads not negative.");
        }
        ArrayNode rows = BenchOutput.JSON.createArrayNode();
        try {
            for (String shape : shapes()) {
                BenchSubject subject = BenchSubject.prepare(shape, output);
                if (export) {
                    exports(subject, rows);
                    continue;
                }
                for (Precision dtype : dtypes) {
                    if (dtype == Precision.FLOAT32 || !shape.equals(BenchSubject.DEMO)) {
                        rows.add(measured(shape, dtype));
                    }
                }
            }
        } finally {
            if (clean) {
                RandomModel.deleteAll();
            }
        }
        ObjectNode result = BenchOutput.JSON.createObjectNode();
        if (export) {
            result.set("exports", rows);
            output.print(result, new ExportBenchReport(rows).text());
            return 0;
        }
        result.put("threads", threads == 0 ? Runtime.getRuntime().availableProcessors() : threads);
        result.set("shapes", rows);
        output.print(result, new EngineReport(rows, result.path("threads").asInt()).text());
        return 0;
    }

    private List<String> shapes() {
        if (shapes != null) return shapes;
        return export ? List.of("large") : List.of("demo", "small");
    }

    private void exports(BenchSubject subject, ArrayNode rows) {
        for (ExportMeasurement.Kind kind : ExportMeasurement.Kind.values()) {
            output.say("Writing a mix of %s, %s".formatted(subject.name(), kind.word()));
            rows.add(json(new ExportMeasurement(subject.name(), subject.base(), subject.adapters(), kind).inProcess()));
        }
    }

    /** In a process of its own, so that neither memory nor warmth is another's. */
    private JsonNode measured(String shape, Precision dtype) {
        output.say("Measuring %s in %s".formatted(shape, dtype));
        String printed = JavaProcess.run(JavaProcess.command(
                EngineMeasurement.class, shape, dtype.name(), String.valueOf(threads), String.valueOf(rounds)));
        return json(printed);
    }

    private static JsonNode json(String printed) {
        try {
            return BenchOutput.JSON.readTree(printed);
        } catch (JsonProcessingException e) {
            throw new EngineException("The measuring process printed no JSON: %s".formatted(printed), e);
        }
    }
}
