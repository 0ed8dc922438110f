/**
 * Base models in memory and their evaluation. Begin with {@code LanguageModel}, {@code AdapterBank} (all candidates, stacked)
 * and {@code TorchProgram}, which runs {@code torchscript/lora.py} and the model's architecture in libtorch. What is
 * special to a family of models is in {@code family}, and what writes texts in {@code decoding}.
 *
 * <p>A loaded model is immutable, so runs share it. Losses are accumulated in float32 whatever the model's type.
 */
package io.lorahub.engine.model;
