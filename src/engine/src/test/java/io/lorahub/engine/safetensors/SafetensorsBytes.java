package io.lorahub.engine.safetensors;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** The bytes of a safetensors file with any header and any number of data bytes, which count 0, 1, 2, … */
record SafetensorsBytes(long headerLength, byte[] header, int data) {

    static SafetensorsBytes withHeader(String json) {
        byte[] header = json.getBytes(StandardCharsets.UTF_8);
        return new SafetensorsBytes(header.length, header, 0);
    }

    /** One entry of the header. */
    static String entry(String name, String dtype, String shape, String offsets) {
        return "\"%s\":{\"dtype\":\"%s\",\"shape\":%s,\"data_offsets\":%s}".formatted(name, dtype, shape, offsets);
    }

    SafetensorsBytes data(int bytes) {
        return new SafetensorsBytes(headerLength, header, bytes);
    }

    SafetensorsBytes headerLength(long length) {
        return new SafetensorsBytes(length, header, data);
    }

    byte[] bytes() {
        ByteBuffer file = ByteBuffer.allocate(8 + header.length + data).order(ByteOrder.LITTLE_ENDIAN);
        file.putLong(headerLength).put(header);
        for (int i = 0; i < data; i++) file.put((byte) i);
        return file.array();
    }

    Path in(Path folder) throws IOException {
        return Files.write(folder.resolve("some.safetensors"), bytes());
    }
}
