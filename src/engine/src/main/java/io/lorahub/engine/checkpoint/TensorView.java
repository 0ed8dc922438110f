package io.lorahub.engine.checkpoint;

import io.lorahub.engine.checkpoint.Pickled.Number;
import io.lorahub.engine.checkpoint.Pickled.Storage;
import io.lorahub.engine.checkpoint.Pickled.Tensor;
import io.lorahub.engine.checkpoint.Pickled.Tuple;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/** A tensor as a view of a storage: offset, shape and strides, as in PyTorch. */
final class TensorView {

    private static final int MAX_DIMENSIONS = 64;

    private TensorView() {}

    /**
     * Builds a tensor from the arguments of {@code _rebuild_tensor_v2}: storage, offset, shape, strides, and values
     * that only training needs.
     */
    static Tensor rebuild(List<Pickled> arguments) throws MalformedException {
        if (arguments.size() >= 4
                && arguments.get(0) instanceof Storage storage
                && arguments.get(1) instanceof Number offset
                && arguments.get(2) instanceof Tuple shape
                && arguments.get(3) instanceof Tuple strides) {
            return checked(new Tensor(storage, offset.value(), numbers(shape), numbers(strides)));
        }
        throw new MalformedException(
                "its pickle makes a tensor from something other than a storage, an offset, a shape and strides");
    }

    private static long[] numbers(Tuple tuple) throws MalformedException {
        if (tuple.items().size() > MAX_DIMENSIONS) {
            throw new MalformedException("it has a tensor of more than %d dimensions".formatted(MAX_DIMENSIONS));
        }
        long[] numbers = new long[tuple.items().size()];
        for (int i = 0; i < numbers.length; i++) {
            if (!(tuple.items().get(i) instanceof Number n) || n.value() < 0) {
                throw new MalformedException(
                        "it holds a tensor whose shape or strides are not whole numbers from 0 on");
            }
            numbers[i] = n.value();
        }
        return numbers;
    }

    /**
     * Requires all elements to be inside the storage, and the tensor to be no larger than its storage, as it could be
     * by repeating elements.
     */
    private static Tensor checked(Tensor tensor) throws MalformedException {
        long[] shape = tensor.shape();
        long[] strides = tensor.strides();
        if (shape.length != strides.length)
            throw new MalformedException("it has a tensor whose strides don't match its shape");
        try {
            long elements = tensor.info().elements();
            long last = tensor.offset();
            for (int d = 0; d < shape.length && elements > 0; d++) {
                last = Math.addExact(last, Math.multiplyExact(shape[d] - 1, strides[d]));
            }
            long end = elements == 0 ? tensor.offset() : Math.addExact(last, 1);
            if (tensor.offset() < 0 || end > tensor.storage().elements()) {
                throw new MalformedException("it has a tensor that reaches beyond its storage");
            }
            if (elements > tensor.storage().elements()) {
                throw new MalformedException(
                        "it has an expanded tensor, which repeats the elements of a smaller storage;"
                                + " call .contiguous() on it before saving");
            }
        } catch (ArithmeticException e) {
            throw new MalformedException("it has a tensor with more elements than can be counted");
        }
        return tensor;
    }

    static boolean isContiguous(Tensor tensor) {
        long step = 1;
        for (int d = tensor.shape().length - 1; d >= 0; d--) {
            if (tensor.shape()[d] == 0) return true;
            if (tensor.shape()[d] != 1 && tensor.strides()[d] != step) return false;
            step *= tensor.shape()[d];
        }
        return true;
    }

    /** Copies a non-contiguous view, such as a transposed matrix, to row-major bytes. */
    static ByteBuffer copy(Tensor tensor, ByteBuffer storage) {
        long[] shape = tensor.shape();
        int size = tensor.storage().dtype().bytes();
        ByteBuffer in = storage.duplicate().order(ByteOrder.LITTLE_ENDIAN);
        ByteBuffer out = ByteBuffer.allocateDirect(Math.toIntExact(tensor.info().bytes()))
                .order(ByteOrder.LITTLE_ENDIAN);
        long[] index = new long[shape.length];
        long place = tensor.offset();
        while (out.hasRemaining()) {
            copyElement(in, Math.toIntExact(place * size), out, size);
            for (int d = shape.length - 1; d >= 0; d--) {
                place += tensor.strides()[d];
                if (++index[d] < shape[d]) break;
                place -= shape[d] * tensor.strides()[d];
                index[d] = 0;
            }
        }
        return out.flip().asReadOnlyBuffer();
    }

    private static void copyElement(ByteBuffer in, int at, ByteBuffer out, int size) {
        switch (size) {
            case 1 -> out.put(in.get(at));
            case 2 -> out.putShort(in.getShort(at));
            case 4 -> out.putInt(in.getInt(at));
            default -> out.putLong(in.getLong(at));
        }
    }
}
