package io.lorahub.bench.hub;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lorahub.bench.engine.RandomModel;
import io.lorahub.bench.process.MemoryWatch;
import io.lorahub.bench.process.OwnCommand;
import io.lorahub.bench.report.BenchOutput;
import io.lorahub.bench.report.BenchProgress;
import io.lorahub.engine.error.EngineException;
import io.lorahub.engine.learning.Example;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The same composition by {@code lorahub compose --out}, as a user types it, in a process that is watched. */
record LargeCompose(RandomModel model, BenchProgress progress, int budget, String strategy, Optional<Path> kept) {

    ObjectNode measure(Path folder) {
        progress.say("The same by lorahub compose");
        try {
            Process process = new ProcessBuilder(command(folder))
                    .redirectOutput(Redirect.DISCARD)
                    .redirectError(folder.resolve("compose.log").toFile())
                    .start();
            process.getOutputStream().close();
            try (MemoryWatch watch = new MemoryWatch(process.pid())) {
                int code = process.waitFor();
                ObjectNode measured = watch.measured();
                // 1: a candidate alone is better than the mix, which can happen with random weights
                if (code != 0 && code != 1) {
                    throw new EngineException("lorahub compose ended with the exit code %d: %s"
                            .formatted(code, Files.readString(folder.resolve("compose.log"))));
                }
                return measured.put("exit_code", code);
            }
        } catch (IOException e) {
            throw new EngineException("lorahub compose cannot be started: %s".formatted(e.getMessage()), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new EngineException("The measurement was interrupted.", e);
        }
    }

    private List<String> command(Path folder) throws IOException {
        Path examples = folder.resolve("examples.jsonl");
        List<String> lines = new ArrayList<>();
        for (Example example : model.examples()) {
            ObjectNode line = BenchOutput.JSON.createObjectNode();
            lines.add(line.put("input", example.input())
                    .put("output", example.output())
                    .toString());
        }
        Files.write(examples, lines);
        List<String> command = new ArrayList<>(OwnCommand.prefix());
        command.addAll(List.of("compose", "--base", model.base().toString()));
        command.addAll(List.of("--adapters", model.adapters().toString()));
        command.addAll(List.of("--examples", examples.toString(), "--budget", Integer.toString(budget)));
        command.addAll(List.of("--optimizer", strategy));
        command.addAll(List.of(
                "--out", kept.orElse(folder.resolve("mix")).toAbsolutePath().toString()));
        return command;
    }
}
