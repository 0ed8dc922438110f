package io.lorahub.testsupport.hostile;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/** Damages bytes as accidents and attackers do; the same seed gives the same damage. */
public final class Mutations {

    private static final List<String> WORDS = List.of(
            "-1",
            "9223372036854775807",
            "18446744073709551616",
            "1e999",
            "null",
            "[[[[[[[[[[",
            "{\"a\":",
            "\"F32\"",
            "__metadata__",
            "\\ud800",
            "PK\1\2",
            "PK\3\4",
            "PK\5\6",
            "PK\6\6",
            "../",
            "cos\nsystem\n",
            "c__builtin__\neval\n",
            "ctorch._utils\n_rebuild_tensor_v2\n",
            "((((((((",
            "}q\0",
            "]q\0h\0a",
            "R",
            "Q",
            "b",
            "t",
            "u",
            ".");

    private static final long[] NUMBERS = {
        0,
        1,
        -1,
        127,
        128,
        255,
        256,
        65535,
        Integer.MAX_VALUE,
        Integer.MIN_VALUE,
        0xffffffffL,
        1L << 32,
        Long.MAX_VALUE,
        Long.MIN_VALUE
    };

    // Unlike java.util.Random, neighbouring seeds give unlike numbers.
    private final SplittableRandom random;

    public Mutations(long seed) {
        random = new SplittableRandom(seed);
    }

    /** One to four faults, most of them among the first {@code focus} bytes. */
    public byte[] mutate(byte[] original, int focus) {
        byte[] bytes = original.clone();
        int faults = random.nextInt(2) == 0 ? 1 : 1 + random.nextInt(4);
        for (int i = 0; i < faults && bytes.length > 0; i++) bytes = mutateOnce(bytes, focus);
        return bytes;
    }

    private byte[] mutateOnce(byte[] bytes, int focus) {
        int at = place(bytes.length, focus);
        int length = Math.min(bytes.length - at, 1 + random.nextInt(32));
        return switch (random.nextInt(8)) {
            case 0 -> flip(bytes, at);
            case 1 -> set(bytes, at, (byte) random.nextInt(256));
            case 2 -> overwrite(bytes, at, number());
            case 3 -> overwrite(bytes, at, word());
            case 4 -> replace(bytes, at, 0, word());
            case 5 -> replace(bytes, at, length, new byte[0]);
            case 6 -> replace(bytes, place(bytes.length, focus), 0, Arrays.copyOfRange(bytes, at, at + length));
            default -> random.nextInt(4) == 0 ? Arrays.copyOf(bytes, at) : flip(bytes, at);
        };
    }

    private int place(int length, int focus) {
        return random.nextInt(random.nextInt(8) == 0 ? length : Math.min(length, focus));
    }

    private byte[] flip(byte[] bytes, int at) {
        return set(bytes, at, (byte) (bytes[at] ^ 1 << random.nextInt(8)));
    }

    private static byte[] set(byte[] bytes, int at, byte value) {
        bytes[at] = value;
        return bytes;
    }

    private static byte[] overwrite(byte[] bytes, int at, byte[] with) {
        System.arraycopy(with, 0, bytes, at, Math.min(with.length, bytes.length - at));
        return bytes;
    }

    private static byte[] replace(byte[] bytes, int at, int length, byte[] with) {
        return ByteBuffer.allocate(bytes.length - length + with.length)
                .put(bytes, 0, at)
                .put(with)
                .put(bytes, at + length, bytes.length - at - length)
                .array();
    }

    private byte[] word() {
        return WORDS.get(random.nextInt(WORDS.size())).getBytes(StandardCharsets.ISO_8859_1);
    }

    private byte[] number() {
        long number = NUMBERS[random.nextInt(NUMBERS.length)];
        byte[] eight = ByteBuffer.allocate(8)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(number)
                .array();
        return Arrays.copyOf(eight, 1 << random.nextInt(4));
    }
}
