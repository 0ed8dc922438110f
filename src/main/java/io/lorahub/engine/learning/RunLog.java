package io.lorahub.engine.learning;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lorahub.engine.EngineException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/**
 * A run's log: JSON lines, the first of what the run is made of, then one for each evaluation as it happens. Numbers
 * are written so that reading gives the same bits, and a line that a killed process left half written is dropped.
 */
public final class RunLog implements RunListener, AutoCloseable {

    private static final ObjectMapper JSON = new ObjectMapper().setSerializationInclusion(JsonInclude.Include.NON_NULL);

    private final Path file;
    private final FileChannel channel;
    private final List<EvaluationRecord> earlier;

    private RunLog(Path file, FileChannel channel, List<EvaluationRecord> earlier) {
        this.file = file;
        this.channel = channel;
        this.earlier = earlier;
    }

    /** A new log; a file that is there is refused, for it may be the only copy of another run. */
    public static RunLog create(Path file, ObjectNode header) {
        try {
            FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
            RunLog log = new RunLog(file, channel, List.of());
            log.write(header.toString() + "\n");
            return log;
        } catch (java.nio.file.FileAlreadyExistsException e) {
            throw new EngineException(
                    "The log %s exists already; continue it with --resume, or choose another name.".formatted(file));
        } catch (IOException e) {
            throw new EngineException(
                    "The log %s cannot be written: %s.".formatted(file, EngineException.reason(e)), e);
        }
    }

    /** Opens a log to go on with it. Throws EngineException where it belongs to a run made of something else. */
    public static RunLog resume(Path file, ObjectNode header) {
        try {
            String text = Files.readString(file);
            // what follows the last line end was being written when the process was killed
            String whole = text.substring(0, text.lastIndexOf('\n') + 1);
            List<String> lines = whole.lines().toList();
            if (lines.isEmpty()) {
                throw new EngineException("The log %s is empty; start anew with --log.".formatted(file));
            }
            requireSame(file, JSON.readTree(lines.get(0)), header);
            List<EvaluationRecord> records = new ArrayList<>();
            for (String line : lines.subList(1, lines.size())) {
                records.add(JSON.readValue(line, EvaluationRecord.class));
            }
            FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE);
            channel.truncate(whole.getBytes(StandardCharsets.UTF_8).length);
            channel.position(channel.size());
            return new RunLog(file, channel, List.copyOf(records));
        } catch (JsonProcessingException e) {
            throw new EngineException("The log %s is damaged: %s.".formatted(file, e.getOriginalMessage()), e);
        } catch (IOException e) {
            throw new EngineException("The log %s cannot be read: %s.".formatted(file, EngineException.reason(e)), e);
        }
    }

    private static void requireSame(Path file, JsonNode written, ObjectNode header) throws JsonProcessingException {
        // through text, so that numbers of both have the same types
        JsonNode wanted = JSON.readTree(header.toString());
        for (Iterator<String> keys = wanted.fieldNames(); keys.hasNext(); ) {
            String key = keys.next();
            requireSame(file, key, written.path(key), wanted.get(key));
        }
    }

    private static void requireSame(Path file, String what, JsonNode written, JsonNode wanted) {
        if (written.equals(wanted)) {
            return;
        }
        if (written.isObject() && wanted.isObject()) {
            wanted.fieldNames().forEachRemaining(key -> requireSame(file, key, written.path(key), wanted.get(key)));
        }
        throw new EngineException(
                "The log %s is of another run: there %s is %s, here it is %s.".formatted(file, what, written, wanted));
    }

    /** The evaluations that were in the log when it was opened. */
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
            write(lines.toString());
        } catch (IOException e) {
            throw new EngineException(
                    "The log %s cannot be written: %s.".formatted(file, EngineException.reason(e)), e);
        }
    }

    private void write(String text) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw new EngineException(
                    "The log %s cannot be written: %s.".formatted(file, EngineException.reason(e)), e);
        }
    }
}
