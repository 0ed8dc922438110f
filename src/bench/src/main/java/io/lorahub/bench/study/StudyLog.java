package io.lorahub.bench.study;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.lorahub.bench.report.BenchOutput;
import io.lorahub.engine.error.EngineException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The results that are finished: a file of JSON lines that grows. A line that a killed program left incomplete is cut
 * off.
 */
final class StudyLog {

    private final Path file;
    private final Map<StudyResult.Key, StudyResult> results = new HashMap<>();

    private StudyLog(Path file) {
        this.file = file;
    }

    static StudyLog open(Path file) {
        StudyLog log = new StudyLog(file);
        if (!Files.exists(file)) return log;
        try {
            String text = Files.readString(file);
            String whole = text.substring(0, text.lastIndexOf('\n') + 1);
            List<String> lines = whole.lines().toList();
            for (int i = 0; i < lines.size(); i++) log.read(lines.get(i), i + 1);
            if (whole.length() < text.length()) Files.writeString(file, whole);
            return log;
        } catch (IOException e) {
            throw new EngineException("The results in %s cannot be read: %s.".formatted(file, e.getMessage()), e);
        }
    }

    private void read(String line, int number) {
        try {
            StudyResult result = BenchOutput.JSON.readValue(line, StudyResult.class);
            results.put(result.key(), result);
        } catch (JsonProcessingException e) {
            throw new EngineException(
                    "Line %d of %s isn't a result of a study; give another file with --results, or remove the line."
                            .formatted(number, file),
                    e);
        }
    }

    Optional<StudyResult> find(StudyResult.Key key) {
        return Optional.ofNullable(results.get(key));
    }

    void add(StudyResult result) {
        results.put(result.key(), result);
        try {
            Path folder = file.toAbsolutePath().getParent();
            if (!Files.isDirectory(folder)) Files.createDirectories(folder);
            Files.writeString(
                    file,
                    BenchOutput.JSON.writeValueAsString(result) + "\n",
                    StandardOpenOption.CREATE,
                    StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new EngineException("%s cannot be written: %s.".formatted(file, e.getMessage()), e);
        }
    }
}
