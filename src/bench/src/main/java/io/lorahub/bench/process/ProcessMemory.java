package io.lorahub.bench.process;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lorahub.bench.report.BenchOutput;
import io.lorahub.engine.error.EngineException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The memory of a process in bytes, on Linux.
 *
 * @param anonymous memory of its own
 * @param file      pages of mapped files; the system takes them back when it needs them
 * @param peak      most of both together so far
 */
public record ProcessMemory(long anonymous, long file, long peak) {

    public static Optional<ProcessMemory> now() {
        return read(Path.of("/proc/self/status"));
    }

    /** Of another process of ours. */
    public static Optional<ProcessMemory> of(long pid) {
        return read(Path.of("/proc", Long.toString(pid), "status"));
    }

    /** Resets the peak of another process of ours, which otherwise counts from its start. */
    public static void resetPeak(long pid) {
        try {
            Files.writeString(Path.of("/proc", Long.toString(pid), "clear_refs"), "5");
        } catch (IOException e) {
            // Not every Linux allows it.
        }
    }

    private static Optional<ProcessMemory> read(Path file) {
        if (!Files.isReadable(file)) return Optional.empty();
        try {
            String status = Files.readString(file);
            return Optional.of(
                    new ProcessMemory(bytes(status, "RssAnon"), bytes(status, "RssFile"), bytes(status, "VmHWM")));
        } catch (IOException e) {
            throw new EngineException("%s cannot be read: %s.".formatted(file, e.getMessage()), e);
        }
    }

    private static long bytes(String status, String key) {
        return status.lines()
                .filter(l -> l.startsWith(key + ":"))
                .mapToLong(l -> Long.parseLong(l.replaceAll("\\D", "")) << 10)
                .findFirst()
                .orElse(0);
    }

    public ObjectNode json() {
        return BenchOutput.JSON
                .createObjectNode()
                .put("anonymous_bytes", anonymous)
                .put("file_bytes", file)
                .put("peak_bytes", peak);
    }
}
