package io.lorahub.engine.learning.log;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lorahub.engine.error.EngineException;
import io.lorahub.engine.learning.EvaluationRecord;
import io.lorahub.engine.learning.RunListener;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A run's log in JSON lines: the first describes the run, and each evaluation appends a line. Numbers are written so
 * that reading restores the same bits. An incomplete last line, as left by a killed process, is dropped.
 */
public final class RunLog implements RunListener, AutoCloseable {

    private static final ObjectMapper JSON = new ObjectMapper()
            .setSerializationInclusion(JsonInclude.Include.NON_NULL)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

    private static final String BEGINNING = "{\"lorahub\":";

    private static final String GROUPS = "layer_groups";
    private static final String NO_GROUPS = "none";

    private static final int LONGEST_SHOWN = 80;
    private static final int FEW = 3;

    private final Path path;
    private final LogFile file;
    private final List<EvaluationRecord> earlier;

    private RunLog(Path path, LogFile file, List<EvaluationRecord> earlier) {
        this.path = path;
        this.file = file;
        this.earlier = earlier;
    }

    /**
     * Creates a log. Rejects an existing file, which may be the only copy of another run, unless it contains only a
     * part of a first line.
     */
    public static RunLog create(Path path, ObjectNode header) {
        try {
            LogFile file = free(path);
            try {
                file.append(header.toString() + "\n");
                return new RunLog(path, file, List.of());
            } catch (IOException e) {
                file.delete();
                throw e;
            }
        } catch (IOException e) {
            throw unwritable(path, e);
        }
    }

    /** Throws EngineException for a path that cannot be a log, regardless of its content. */
    public static void requirePossible(Path path) {
        LogFile.requireRegular(path);
    }

    private static LogFile free(Path path) throws IOException {
        try {
            return LogFile.created(path);
        } catch (FileAlreadyExistsException e) {
            LogFile file = LogFile.existing(path);
            if (!begins(new String(file.bytes(), StandardCharsets.UTF_8))) {
                file.truncate(0);
                return file;
            }
            file.close();
            throw new EngineException(
                    "The log %s already exists; continue it with --resume, or choose another name.".formatted(path), e);
        }
    }

    private static boolean begins(String text) {
        boolean partOfHeader = BEGINNING.startsWith(text) || text.startsWith(BEGINNING) && text.indexOf('\n') < 0;
        return !partOfHeader;
    }

    /** Opens a log to continue it. Throws EngineException if it belongs to a run with other inputs. */
    public static RunLog resume(Path path, ObjectNode header) {
        try {
            LogFile file = LogFile.existing(path);
            try {
                return new RunLog(path, file, records(path, file, header));
            } catch (IOException | RuntimeException e) {
                file.close();
                throw e;
            }
        } catch (IOException e) {
            throw new EngineException("The log %s cannot be read: %s.".formatted(path, EngineException.reason(e)), e);
        }
    }

    private static List<EvaluationRecord> records(Path path, LogFile file, ObjectNode header) throws IOException {
        byte[] bytes = file.bytes();
        String text = new String(bytes, StandardCharsets.UTF_8);
        if (!text.startsWith(BEGINNING) && !BEGINNING.startsWith(text)) {
            throw new EngineException("The file %s isn't a log of lorahub compose.".formatted(path));
        }
        int whole = bytes.length;
        // data after the last line end was being written when the process was killed
        while (whole > 0 && bytes[whole - 1] != '\n') whole--;
        List<String> lines =
                new String(bytes, 0, whole, StandardCharsets.UTF_8).lines().toList();
        if (lines.isEmpty()) {
            throw new EngineException("The log %s is empty; start again with --log.".formatted(path));
        }
        List<EvaluationRecord> records = new ArrayList<>();
        for (int i = 0; i < lines.size(); i++) {
            try {
                if (i == 0) requireSame(path, JSON.readTree(lines.get(0)), header);
                else records.add(record(path, i, JSON.readValue(lines.get(i), EvaluationRecord.class)));
            } catch (JsonProcessingException e) {
                throw damaged(path, i, e);
            }
        }
        file.truncate(whole);
        return List.copyOf(records);
    }

    private static EvaluationRecord record(Path path, int line, EvaluationRecord record) {
        if (record == null || record.observation() == null || record.weights() == null) throw damaged(path, line, null);
        return record;
    }

    private static EngineException damaged(Path path, int line, JsonProcessingException e) {
        return new EngineException(
                "The log %s is damaged at line %d; use an undamaged copy, or delete that line and everything after it."
                        .formatted(path, line + 1),
                e);
    }

    private static EngineException unwritable(Path path, IOException e) {
        return new EngineException("The log %s cannot be written: %s.".formatted(path, EngineException.reason(e)), e);
    }

    private static void requireSame(Path file, JsonNode written, ObjectNode header) throws JsonProcessingException {
        // parse from text, so that numbers on both sides have the same types
        JsonNode expected = JSON.readTree(header.toString());
        for (Iterator<String> keys = expected.fieldNames(); keys.hasNext(); ) {
            String key = keys.next();
            requireSame(file, key, written.path(key), expected.get(key));
        }
    }

    private static void requireSame(Path file, String what, JsonNode written, JsonNode expected) {
        if (written.equals(expected)) return;
        if (what.equals(GROUPS)) throw otherGroups(file, written, expected);
        if (written.isObject() && expected.isObject()) {
            // of both, as a setting that is at its default is left out
            Set<String> keys = new LinkedHashSet<>();
            expected.fieldNames().forEachRemaining(keys::add);
            written.fieldNames().forEachRemaining(keys::add);
            keys.forEach(key -> requireSame(file, key, written.path(key), expected.path(key)));
        }
        throw new EngineException("The log %s belongs to another run. In the log, %s: %s; in this run: %s."
                .formatted(file, what, shown(written, expected), shown(expected, written)));
    }

    /** The budget alone can choose groups for a run whose log, of an earlier version, has none. */
    private static EngineException otherGroups(Path file, JsonNode written, JsonNode expected) {
        return new EngineException(
                "The log %s belongs to a run with %s, but this run would have %s. Resume it with --layer-groups %s."
                        .formatted(
                                file,
                                groups(written),
                                groups(expected),
                                written.isMissingNode() ? NO_GROUPS : written.asText()));
    }

    private static String groups(JsonNode name) {
        return name.isMissingNode() ? "one weight per adapter" : "the layer groups " + name.asText();
    }

    /** Shortens a value to fit on a line; a list of adapters shows only those that the other list does not contain. */
    private static String shown(JsonNode node, JsonNode other) {
        if (!node.isArray()) {
            String text = node.isMissingNode() ? "left out" : node.toString();
            return text.length() <= LONGEST_SHOWN ? text : text.substring(0, LONGEST_SHOWN) + "…";
        }
        Set<JsonNode> others = new HashSet<>();
        other.forEach(others::add);
        List<String> own = new ArrayList<>();
        for (JsonNode entry : node) {
            if (!others.contains(entry)) own.add(entry.path("name").asText(entry.toString()));
        }
        String count = "%d of them".formatted(node.size());
        if (own.isEmpty()) return count;
        return "%s with %s%s"
                .formatted(
                        count,
                        own.stream().limit(FEW).collect(Collectors.joining(", ")),
                        own.size() > FEW ? " and %d more".formatted(own.size() - FEW) : "");
    }

    /** Returns the evaluations that were in the log when it was opened. */
    public List<EvaluationRecord> earlier() {
        return earlier;
    }

    @Override
    public void evaluated(List<EvaluationRecord> records, EvaluationRecord best, int spent) {
        StringBuilder lines = new StringBuilder();
        try {
            for (EvaluationRecord record : records) {
                lines.append(JSON.writeValueAsString(record)).append('\n');
            }
            file.append(lines.toString());
        } catch (IOException e) {
            throw unwritable(path, e);
        }
    }

    @Override
    public void close() {
        try {
            file.close();
        } catch (IOException e) {
            throw unwritable(path, e);
        }
    }
}
