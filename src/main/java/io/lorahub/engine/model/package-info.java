/**
 * Base models in memory and their evaluation. Begin with {@code T5Model}, {@code AdapterBank} (all candidates, stacked)
 * and {@code TorchProgram}, which runs {@code torchscript/t5.py} in libtorch.
 *
 * <p>A loaded model is immutable, so runs share it. Losses are accumulated in float32 whatever the model's type.
 */
package io.lorahub.engine.model;
