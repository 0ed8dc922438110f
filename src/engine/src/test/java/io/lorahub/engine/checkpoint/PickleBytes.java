package io.lorahub.engine.checkpoint;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** Writes a pickle instruction by instruction; {@link #stateDict} begins one as torch.save does. */
final class PickleBytes {

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    static PickleBytes protocol2() {
        return new PickleBytes().raw(0x80, 2);
    }

    PickleBytes raw(int... codes) {
        for (int code : codes) bytes.write(code);
        return this;
    }

    PickleBytes raw(String latin1) {
        bytes.writeBytes(latin1.getBytes(StandardCharsets.ISO_8859_1));
        return this;
    }

    PickleBytes text(String text) {
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        raw('X').littleEndian(utf8.length);
        bytes.writeBytes(utf8);
        return this;
    }

    /** BININT for what fits, LONG1 for the rest. */
    PickleBytes number(long number) {
        if (number == (int) number) return raw('J').littleEndian((int) number);
        raw(0x8a, 8);
        bytes.writeBytes(ByteBuffer.allocate(8)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(number)
                .array());
        return this;
    }

    PickleBytes tuple(long... numbers) {
        raw('(');
        for (long number : numbers) number(number);
        return raw('t');
    }

    PickleBytes global(String module, String name) {
        return raw("c" + module + "\n" + name + "\n");
    }

    PickleBytes storage(String type, String key, long elements) {
        return raw('(').text("storage")
                .global("torch", type)
                .text(key)
                .text("cpu")
                .number(elements)
                .raw('t', 'Q');
    }

    /** The tensor that is the whole storage. */
    PickleBytes tensor(String type, String key, long elements) {
        return tensor(type, key, elements, 0, new long[] {elements}, new long[] {1});
    }

    PickleBytes tensor(String type, String key, long elements, long offset, long[] shape, long[] strides) {
        return global("torch._utils", "_rebuild_tensor_v2")
                .raw('(')
                .storage(type, key, elements)
                .number(offset)
                .tuple(shape)
                .tuple(strides)
                .raw(0x89)
                .global("collections", "OrderedDict")
                .raw(')', 'R', 't', 'R');
    }

    /** The key of an item; its value follows, then {@link #end}. */
    static PickleBytes stateDict(String key) {
        return protocol2().raw('}', '(').text(key);
    }

    byte[] end() {
        return raw('u', '.').bytes();
    }

    byte[] bytes() {
        return bytes.toByteArray();
    }

    private PickleBytes littleEndian(int number) {
        bytes.writeBytes(ByteBuffer.allocate(4)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(number)
                .array());
        return this;
    }
}
