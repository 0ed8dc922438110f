package io.lorahub.engine.preset;

import io.lorahub.engine.safetensors.PlannedTensor;
import io.lorahub.engine.safetensors.SafetensorsWriter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;

/**
 * Writes a GGUF file, version 3, little-endian: header, metadata, tensor descriptions, then the tensors, each at a
 * multiple of 32 bytes. Format: ggml's docs/gguf.md. No Java library that writes it was found on Maven Central.
 */
final class GgufWriter {

    private static final int MAGIC = 0x46554747; // "GGUF"
    private static final int VERSION = 3;
    private static final int ALIGNMENT = 32;

    /** gguf_metadata_value_type. */
    private static final int UINT32 = 4;

    private static final int FLOAT32 = 6;
    private static final int STRING = 8;

    private GgufWriter() {}

    /**
     * Writes a new file.
     *
     * @param metadata Strings, Integers (as uint32) and Floats by key
     * @param tensors  in the order of the file; shapes are row-major, as in safetensors
     */
    static void write(Path file, Map<String, Object> metadata, Map<String, PlannedTensor> tensors, FactorType type)
            throws IOException {
        try (FileChannel out = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            SafetensorsWriter.writeAll(out, ByteBuffer.wrap(header(metadata, tensors, type)));
            for (var tensor : tensors.entrySet()) {
                long begin = out.position();
                tensor.getValue().content().writeTo(piece -> SafetensorsWriter.writeAll(out, piece.duplicate()));
                long bytes = out.position() - begin;
                if (bytes != tensor.getValue().info().bytes()) {
                    throw new IllegalStateException("The tensor %s was planned with %d bytes, but %d were written."
                            .formatted(tensor.getKey(), tensor.getValue().info().bytes(), bytes));
                }
                SafetensorsWriter.writeAll(out, ByteBuffer.allocate((int) (aligned(bytes) - bytes)));
            }
            out.force(true);
        }
    }

    private static byte[] header(Map<String, Object> metadata, Map<String, PlannedTensor> tensors, FactorType type) {
        Bytes bytes = new Bytes();
        bytes.number(MAGIC);
        bytes.number(VERSION);
        bytes.number((long) tensors.size());
        bytes.number((long) metadata.size());
        metadata.forEach((key, value) -> {
            bytes.text(key);
            if (value instanceof String text) {
                bytes.number(STRING);
                bytes.text(text);
            } else if (value instanceof Integer number) {
                bytes.number(UINT32);
                bytes.number(number.intValue());
            } else if (value instanceof Float number) {
                bytes.number(FLOAT32);
                bytes.number(Float.floatToIntBits(number));
            } else {
                throw new IllegalArgumentException("The metadata %s can't be written to GGUF.".formatted(key));
            }
        });
        long offset = 0;
        for (var tensor : tensors.entrySet()) {
            long[] shape = tensor.getValue().info().shape();
            if (tensor.getValue().info().dtype() != type.dtype()) {
                throw new IllegalArgumentException("The tensor %s has another type.".formatted(tensor.getKey()));
            }
            bytes.text(tensor.getKey());
            bytes.number(shape.length);
            // the dimension that changes fastest comes first
            for (int i = shape.length - 1; i >= 0; i--) bytes.number(shape[i]);
            bytes.number(type.ggml());
            bytes.number(offset);
            offset = aligned(offset + tensor.getValue().info().bytes());
        }
        while (bytes.size() % ALIGNMENT != 0) bytes.write(0);
        return bytes.toByteArray();
    }

    private static long aligned(long position) {
        return (position + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    }

    /** Little-endian numbers and texts with their length in bytes before them. */
    private static final class Bytes extends ByteArrayOutputStream {

        void number(int value) {
            writeBytes(ByteBuffer.allocate(Integer.BYTES)
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .putInt(value)
                    .array());
        }

        void number(long value) {
            writeBytes(ByteBuffer.allocate(Long.BYTES)
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .putLong(value)
                    .array());
        }

        void text(String text) {
            byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
            number((long) utf8.length);
            writeBytes(utf8);
        }
    }
}
