package io.lorahub.engine.checkpoint;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/** The bytes of a pickle, decoded according to the argument formats of its opcodes. */
final class PickleInput {

    private static final int MAX_GLOBAL_NAME = 1000;

    private final ByteBuffer bytes;

    PickleInput(ByteBuffer bytes) {
        this.bytes = bytes.slice().order(ByteOrder.LITTLE_ENDIAN);
    }

    Opcode opcode() throws MalformedException {
        return Opcode.of(need(1).get());
    }

    int unsignedByte() throws MalformedException {
        return need(1).get() & 0xff;
    }

    int unsignedShort() throws MalformedException {
        return need(2).getShort() & 0xffff;
    }

    int signedInt() throws MalformedException {
        return need(4).getInt();
    }

    long unsignedInt() throws MalformedException {
        return need(4).getInt() & 0xffffffffL;
    }

    /** LONG1: a byte count, then a little-endian two's-complement number of that many bytes. */
    long longOfCountedBytes() throws MalformedException {
        int count = unsignedByte();
        if (count > Long.BYTES) throw new MalformedException("its pickle has a number of %d bytes".formatted(count));
        if (count == 0) return 0;
        need(count);
        long value = 0;
        for (int i = 0; i < count; i++) value |= (bytes.get() & 0xffL) << 8 * i;
        int unused = Long.SIZE - 8 * count;
        return value << unused >> unused;
    }

    /** BINUNICODE: a four-byte length, then that many bytes of UTF-8. */
    String text() throws MalformedException {
        long length = unsignedInt();
        need(length);
        return decode((int) length);
    }

    /** Reads one of the two lines of GLOBAL. */
    String line() throws MalformedException {
        int start = bytes.position();
        int length = 0;
        while (need(1).get() != '\n') {
            if (++length > MAX_GLOBAL_NAME) {
                throw new MalformedException("its pickle has a name of more than %d bytes".formatted(MAX_GLOBAL_NAME));
            }
        }
        bytes.position(start);
        String line = decode(length);
        bytes.get();
        return line;
    }

    private String decode(int length) throws MalformedException {
        ByteBuffer text = bytes.slice(bytes.position(), length);
        bytes.position(bytes.position() + length);
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(text).toString();
        } catch (CharacterCodingException e) {
            throw new MalformedException("its pickle has a string that isn't UTF-8");
        }
    }

    private ByteBuffer need(long count) throws MalformedException {
        if (bytes.remaining() < count) throw new MalformedException("its pickle ends too early");
        return bytes;
    }
}
