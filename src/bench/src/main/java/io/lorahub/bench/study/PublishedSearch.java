package io.lorahub.bench.study;

import com.fasterxml.jackson.databind.JsonNode;
import io.lorahub.bench.reference.PublishedProgram;
import io.lorahub.bench.report.BenchOutput;
import io.lorahub.bench.search.TestedMix;
import io.lorahub.engine.error.EngineException;
import io.lorahub.engine.learning.Accuracy;
import io.lorahub.engine.learning.Example;
import io.lorahub.engine.lora.LoraAdapter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.StreamSupport;
import org.apache.commons.io.file.PathUtils;

/** The published program as it is: its composition, its search, its predictions. It reads encoder-decoder models only. */
final class PublishedSearch implements StudyMethod {

    static final String ROW = "published program";

    private final Supplier<Path> environment;
    private final Path base;
    private final int threads;
    private PublishedProgram program;

    PublishedSearch(Supplier<Path> environment, Path base, int threads) {
        this.environment = environment;
        this.base = base;
        this.threads = threads;
    }

    @Override
    public List<String> rows() {
        return List.of(ROW);
    }

    /** No row if the candidates are not all files. */
    @Override
    public List<Reached> reached(StudyCase given) {
        boolean files =
                given.session().adapters().stream().allMatch(a -> a.folder().isPresent());
        if (!files) return List.of();
        if (program == null) program = PublishedProgram.start(environment.get(), threads);
        try {
            Path folder = Files.createTempDirectory("lorahub-study-");
            try {
                Path adapters = Files.createDirectory(folder.resolve("adapters"));
                for (LoraAdapter adapter : given.session().adapters()) {
                    Files.createSymbolicLink(
                            adapters.resolve(adapter.name()), adapter.path().toAbsolutePath());
                }
                Path examples = written(
                        folder.resolve("few-shot.jsonl"), given.fewShot().examples());
                Path heldOut = written(folder.resolve("held-out.jsonl"), given.heldOut());
                return List.of(reached(given, program.learn(base, adapters, examples, given.budget(), heldOut)));
            } finally {
                PathUtils.deleteDirectory(folder);
            }
        } catch (IOException e) {
            throw new EngineException("The published program's input cannot be written: " + e.getMessage(), e);
        }
    }

    private static Path written(Path file, List<Example> examples) throws IOException {
        List<String> lines = examples.stream()
                .map(e -> BenchOutput.JSON
                        .createObjectNode()
                        .put("input", e.input())
                        .put("output", e.output())
                        .toString())
                .toList();
        return Files.write(file, lines);
    }

    private static Reached reached(StudyCase given, JsonNode answer) {
        List<String> predictions = StreamSupport.stream(
                        answer.path("predictions").spliterator(), false)
                .map(JsonNode::asText)
                .toList();
        double exactMatch = Accuracy.of(predictions, given.heldOut()).exactMatch();
        TestedMix tested = new TestedMix(answer.path("final_loss").asDouble(), exactMatch);
        return new Reached(
                ROW,
                tested,
                answer.path("evaluations").asInt(),
                answer.path("seconds").asDouble());
    }

    @Override
    public void close() {
        if (program != null) program.close();
    }
}
