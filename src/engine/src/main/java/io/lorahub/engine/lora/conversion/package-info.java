/**
 * Makes plain LoRA adapters of those that depend on the base model's weights: {@code PlainLora} tells the kinds apart,
 * {@code DoraModule} computes the change of a DoRA module.
 *
 * <p>The result has exactly the effect of the original. Whoever writes it may compress it, and must state the error.
 */
package io.lorahub.engine.lora.conversion;
