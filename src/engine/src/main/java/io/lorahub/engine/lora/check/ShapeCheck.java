package io.lorahub.engine.lora.check;

import io.lorahub.engine.lora.config.CheckFinding;
import java.util.Arrays;
import java.util.function.Consumer;

/** Checks the shapes: A is [r, in], B is [out, r], a bias [out], with the r that the configuration gives the module. */
final class ShapeCheck implements AdapterCheck {

    @Override
    public void check(AdapterContents adapter, Consumer<CheckFinding> findings) {
        adapter.complete().forEach(m -> check(adapter, m, findings));
    }

    private static void check(AdapterContents adapter, ModuleTensors m, Consumer<CheckFinding> findings) {
        long[] a = adapter.tensors().info(m.a()).shape();
        long[] b = adapter.tensors().info(m.b()).shape();
        if (!isMatrix(a, m.a(), findings) | !isMatrix(b, m.b(), findings)) return;
        if (a[0] != b[1]) {
            findings.accept(CheckFinding.error(
                    "ranks-differ",
                    m.module(),
                    "%s has %d rows, but %s has %d columns.".formatted(m.a(), a[0], m.b(), b[1]),
                    "Both are the rank; save the adapter again."));
            return;
        }
        int rank = adapter.config().rankOf(m.module());
        if (a[0] != rank) {
            findings.accept(CheckFinding.error(
                    "rank-mismatch",
                    m.a(),
                    "%s has rank %d, but the configuration says %d.".formatted(m.a(), a[0], rank),
                    "Correct r or rank_pattern in adapter_config.json."));
        }
        m.bias().ifPresent(bias -> checkBias(adapter, bias, b[0], findings));
    }

    private static void checkBias(AdapterContents adapter, String name, long out, Consumer<CheckFinding> findings) {
        long[] shape = adapter.tensors().info(name).shape();
        if (shape.length != 1 || shape[0] != out) {
            findings.accept(CheckFinding.error(
                    "bias-shape",
                    name,
                    "%s has the shape %s; it must be [%d].".formatted(name, Arrays.toString(shape), out),
                    "Save the adapter again."));
        }
    }

    private static boolean isMatrix(long[] shape, String name, Consumer<CheckFinding> findings) {
        if (shape.length == 2 && shape[0] > 0 && shape[1] > 0 && shape[0] * shape[1] <= Integer.MAX_VALUE) return true;
        findings.accept(CheckFinding.error(
                "not-a-matrix",
                name,
                "%s has the shape %s; it must be a matrix that is not empty.".formatted(name, Arrays.toString(shape)),
                "After training with DeepSpeed ZeRO-3 or FSDP, gather the shards before saving."));
        return false;
    }
}
