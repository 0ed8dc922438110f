package io.lorahub.engine.model;

import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.jni.IValue;

/** A {@link Mix} on the device. */
final class MixArguments implements AutoCloseable {

    final IValue mix;
    final IValue rows;
    final IValue coefficients;

    MixArguments(PtNDManager scope, Mix values) {
        int p = values.vectors();
        mix = IValue.from((PtNDArray) scope.create(values.mix(), new Shape(p, values.mix().length / p)));
        rows = IValue.from((PtNDArray) scope.create(values.rows(), new Shape(p, values.width())));
        coefficients =
                IValue.from((PtNDArray) scope.create(values.coefficients(), new Shape(p, values.coefficientWidth())));
    }

    @Override
    public void close() {
        mix.close();
        rows.close();
        coefficients.close();
    }
}
