package io.lorahub.engine.preset;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Reads a GGUF file of float32 tensors, to check what was written.
 *
 * @param metadata Strings, Integers and Floats
 */
record GgufFile(Map<String, Object> metadata, Map<String, Tensor> tensors) {

    /** @param dimensions the one that changes fastest first */
    record Tensor(long[] dimensions, int type, float[] values) {}

    private record Place(long[] dimensions, int type, long offset) {}

    static GgufFile read(Path file) throws IOException {
        ByteBuffer in = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
        if (in.getInt() != 0x46554747 || in.getInt() != 3) throw new IOException("not a GGUF file of version 3");
        long count = in.getLong();
        long pairs = in.getLong();
        Map<String, Object> metadata = new LinkedHashMap<>();
        for (long i = 0; i < pairs; i++) {
            String key = text(in);
            int type = in.getInt();
            metadata.put(
                    key,
                    switch (type) {
                        case 4 -> (Object) in.getInt();
                        case 6 -> in.getFloat();
                        case 8 -> text(in);
                        default -> throw new IOException("value of type " + type);
                    });
        }
        Map<String, Place> places = new LinkedHashMap<>();
        for (long i = 0; i < count; i++) {
            String name = text(in);
            long[] dimensions = new long[in.getInt()];
            for (int d = 0; d < dimensions.length; d++) dimensions[d] = in.getLong();
            places.put(name, new Place(dimensions, in.getInt(), in.getLong()));
        }
        int start = (in.position() + 31) / 32 * 32;
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        places.forEach((name, place) -> {
            int elements = (int) Arrays.stream(place.dimensions).reduce(1, (a, b) -> a * b);
            float[] values = new float[place.type == 0 ? elements : 0];
            in.position(start + (int) place.offset);
            in.asFloatBuffer().get(values);
            tensors.put(name, new Tensor(place.dimensions, place.type, values));
        });
        return new GgufFile(metadata, tensors);
    }

    private static String text(ByteBuffer in) {
        byte[] bytes = new byte[(int) in.getLong()];
        in.get(bytes);
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
