package io.lorahub.engine.checkpoint;

import io.lorahub.engine.safetensors.DType;
import io.lorahub.engine.safetensors.TensorInfo;
import java.util.List;
import java.util.Map;

/**
 * A value on the stack of a {@link PickleReader}. Values may refer to each other in cycles, so they must never be
 * traversed, printed or hashed.
 */
sealed interface Pickled
        permits Pickled.None,
                Pickled.Text,
                Pickled.Number,
                Pickled.Bool,
                Pickled.Tuple,
                Pickled.ListValue,
                Pickled.Dict,
                Pickled.StorageType,
                Pickled.Storage,
                Pickled.Tensor,
                KnownGlobal.Function {

    /** Python's None. */
    record None() implements Pickled {}

    record Text(String value) implements Pickled {}

    record Number(long value) implements Pickled {}

    record Bool(boolean value) implements Pickled {}

    record Tuple(List<Pickled> items) implements Pickled {}

    record ListValue(List<Pickled> items) implements Pickled {}

    /** A dict or an OrderedDict. */
    record Dict(Map<String, Pickled> items) implements Pickled {}

    /** The name of {@code torch.FloatStorage} or another storage class. */
    record StorageType(DType dtype) implements Pickled {}

    /**
     * The bytes behind tensor views.
     *
     * @param key      name of the archive entry
     * @param elements minimum number of elements in the entry
     */
    record Storage(DType dtype, String key, long elements) implements Pickled {}

    /**
     * @param offset  position of the first element in the storage, in elements
     * @param strides steps between neighbours along each dimension, in elements
     */
    record Tensor(Storage storage, long offset, long[] shape, long[] strides) implements Pickled {

        TensorInfo info() {
            return new TensorInfo(storage.dtype(), shape);
        }
    }

    /** Describes the kind of value for a message. */
    default String kind() {
        if (this instanceof None) return "None";
        if (this instanceof Text) return "a text";
        if (this instanceof Number) return "a number";
        if (this instanceof Bool) return "a boolean";
        if (this instanceof Tuple) return "a tuple";
        if (this instanceof ListValue) return "a list";
        if (this instanceof Dict) return "a dictionary";
        if (this instanceof Tensor) return "a tensor";
        if (this instanceof Storage) return "a storage";
        return "a class or a function";
    }
}
