package io.lorahub.engine.checkpoint;

import static io.lorahub.engine.error.EngineException.quoted;

import io.lorahub.engine.checkpoint.Pickled.Dict;
import io.lorahub.engine.checkpoint.Pickled.StorageType;
import io.lorahub.engine.checkpoint.Pickled.Tensor;
import io.lorahub.engine.checkpoint.Pickled.Tuple;
import io.lorahub.engine.safetensors.DType;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The functions that a state dict can call. No other function can be called, and no Python code is ever run. */
enum KnownGlobal {
    REBUILD_TENSOR,
    REBUILD_PARAMETER,
    ORDERED_DICT;

    /** A function on the pickle's stack. */
    record Function(KnownGlobal global) implements Pickled {}

    private static final Map<String, Pickled> BY_NAME = Map.ofEntries(
            Map.entry("torch._utils._rebuild_tensor_v2", new Function(REBUILD_TENSOR)),
            Map.entry("torch._utils._rebuild_parameter", new Function(REBUILD_PARAMETER)),
            Map.entry("collections.OrderedDict", new Function(ORDERED_DICT)),
            Map.entry("torch.DoubleStorage", new StorageType(DType.F64)),
            Map.entry("torch.FloatStorage", new StorageType(DType.F32)),
            Map.entry("torch.HalfStorage", new StorageType(DType.F16)),
            Map.entry("torch.BFloat16Storage", new StorageType(DType.BF16)),
            Map.entry("torch.LongStorage", new StorageType(DType.I64)),
            Map.entry("torch.IntStorage", new StorageType(DType.I32)),
            Map.entry("torch.ShortStorage", new StorageType(DType.I16)),
            Map.entry("torch.CharStorage", new StorageType(DType.I8)),
            Map.entry("torch.ByteStorage", new StorageType(DType.U8)),
            Map.entry("torch.BoolStorage", new StorageType(DType.BOOL)));

    static Pickled named(String module, String name) throws MalformedException {
        Pickled global = BY_NAME.get(module + "." + name);
        if (global == null) throw refusal(module, name);
        return global;
    }

    private static MalformedException refusal(String module, String name) {
        String shown = quoted(module + "." + name).replace('"', '`');
        if (module.equals("torch") && name.endsWith("Storage")) {
            return new MalformedException(
                    "it has numbers of the type %s, which cannot be read; convert them in Python".formatted(shown));
        }
        return new ForeignCallException("the checkpoint wants to call " + shown);
    }

    Pickled call(List<Pickled> arguments) throws MalformedException {
        return switch (this) {
            case REBUILD_TENSOR -> TensorView.rebuild(arguments);
            case REBUILD_PARAMETER -> parameter(arguments);
            case ORDERED_DICT -> orderedDict(arguments);
        };
    }

    private static Pickled parameter(List<Pickled> arguments) throws MalformedException {
        if (!arguments.isEmpty() && arguments.get(0) instanceof Tensor data) return data;
        throw new MalformedException("its pickle makes a parameter from something that isn't a tensor");
    }

    private static Pickled orderedDict(List<Pickled> arguments) throws MalformedException {
        if (arguments.isEmpty()) return new Dict(new LinkedHashMap<>());
        throw new MalformedException("its pickle fills an OrderedDict in a way that torch.save does not");
    }

    static Pickled call(Pickled function, Pickled arguments) throws MalformedException {
        if (function instanceof Function f && arguments instanceof Tuple tuple)
            return f.global().call(tuple.items());
        throw new MalformedException("its pickle calls %s with %s".formatted(function.kind(), arguments.kind()));
    }
}
