package io.lorahub.engine.safetensors;

import static io.lorahub.engine.error.EngineException.quoted;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;

/**
 * Writes tensors as the reference implementation does, byte for byte: types from U64 down to BOOL, and names in UTF-8
 * order within each type, so that every tensor is aligned to its element size.
 */
public final class SafetensorsWriter {

    private static final JsonFactory JSON = new JsonFactory();
    private static final int CHUNK_BYTES = 1 << 23;

    private static final Comparator<Map.Entry<String, PlannedTensor>> REFERENCE_ORDER = Comparator.comparing(
                    (Map.Entry<String, PlannedTensor> e) -> e.getValue().info().dtype(), Comparator.reverseOrder())
            .thenComparing(e -> e.getKey().getBytes(StandardCharsets.UTF_8), Arrays::compareUnsigned);

    private SafetensorsWriter() {}

    /**
     * Writes a file atomically under its name; an existing file is replaced.
     *
     * @param metadata free texts for {@code __metadata__}; the Hugging Face libraries expect {@code format: pt}
     */
    public static void write(Path path, Map<String, TensorData> tensors, Map<String, String> metadata) {
        Map<String, PlannedTensor> planned = new LinkedHashMap<>();
        tensors.forEach((name, tensor) -> planned.put(name, PlannedTensor.of(tensor)));
        writePlanned(path, planned, metadata);
    }

    /** Like {@link #write}, with tensors that are created one by one, in the order in which they are written. */
    public static void writePlanned(Path path, Map<String, PlannedTensor> tensors, Map<String, String> metadata) {
        Path target = path.toAbsolutePath();
        Path partial = target.resolveSibling("." + target.getFileName() + "." + UUID.randomUUID() + ".part");
        List<Map.Entry<String, PlannedTensor>> sorted =
                tensors.entrySet().stream().sorted(REFERENCE_ORDER).toList();
        try {
            try (FileChannel out = FileChannel.open(partial, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
                writeAll(out, ByteBuffer.wrap(header(sorted, metadata)));
                for (var tensor : sorted) write(out, tensor.getKey(), tensor.getValue());
                // Without this, a power cut after the rename could leave an empty file under the name.
                out.force(true);
            }
            Files.move(partial, target, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new SafetensorsException("The file %s cannot be written: %s.".formatted(path, reason(e)), e);
        } finally {
            remove(partial);
        }
    }

    private static void write(FileChannel out, String name, PlannedTensor tensor) throws IOException {
        long begin = out.position();
        tensor.content().writeTo(piece -> writeAll(out, piece.duplicate()));
        long written = out.position() - begin;
        if (written != tensor.info().bytes()) {
            throw new IllegalStateException("The tensor %s was planned with %d bytes, but %d were written."
                    .formatted(name, tensor.info().bytes(), written));
        }
    }

    private static byte[] header(List<Map.Entry<String, PlannedTensor>> tensors, Map<String, String> metadata)
            throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.write(new byte[Long.BYTES]);
        try (JsonGenerator json = JSON.createGenerator(bytes)) {
            json.writeStartObject();
            if (!metadata.isEmpty()) {
                json.writeObjectFieldStart("__metadata__");
                for (var text : new TreeMap<>(metadata).entrySet()) {
                    json.writeStringField(text.getKey(), text.getValue());
                }
                json.writeEndObject();
            }
            long begin = 0;
            for (var tensor : tensors) {
                begin = writeEntry(json, tensor.getKey(), tensor.getValue().info(), begin);
            }
            json.writeEndObject();
        }
        while (bytes.size() % Long.BYTES != 0) bytes.write(' ');
        byte[] header = bytes.toByteArray();
        ByteBuffer.wrap(header).order(ByteOrder.LITTLE_ENDIAN).putLong(header.length - Long.BYTES);
        return header;
    }

    private static long writeEntry(JsonGenerator json, String name, TensorInfo tensor, long begin) throws IOException {
        // Half a surrogate pair would be written as bytes that are not UTF-8.
        if (name.equals("__metadata__") || !StandardCharsets.UTF_8.newEncoder().canEncode(name)) {
            throw new IOException("a tensor cannot be named " + quoted(name));
        }
        long end = begin + tensor.bytes();
        json.writeObjectFieldStart(name);
        json.writeStringField("dtype", tensor.dtype().name());
        json.writeFieldName("shape");
        json.writeArray(tensor.shape(), 0, tensor.shape().length);
        json.writeFieldName("data_offsets");
        json.writeArray(new long[] {begin, end}, 0, 2);
        json.writeEndObject();
        return end;
    }

    /** Writes in pieces, because the channel copies non-direct buffers to a direct buffer of the piece's size. */
    public static void writeAll(FileChannel out, ByteBuffer data) throws IOException {
        int end = data.limit();
        while (data.position() < end) {
            data.limit(Math.min(end, data.position() + CHUNK_BYTES));
            out.write(data);
            data.limit(end);
        }
    }

    private static void remove(Path partial) {
        try {
            Files.deleteIfExists(partial);
        } catch (IOException e) {
            throw new SafetensorsException("The partial file %s cannot be deleted.".formatted(partial), e);
        }
    }

    private static String reason(IOException e) {
        return e instanceof NoSuchFileException ? "its folder does not exist" : e.getMessage();
    }
}
