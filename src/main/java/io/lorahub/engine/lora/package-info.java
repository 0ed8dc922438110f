/**
 * Adapters in PEFT's format: {@code AdapterReading} opens one and runs every check, {@code LoraAdapter} can be applied
 * exactly, and {@code ExactMerge} and {@code AdapterWriter} write one.
 *
 * <p>ΔW = s·B·A, with A [r, in] and B [out, r]. A PEFT feature that cannot be expressed this way is rejected with a
 * reason, never ignored.
 */
package io.lorahub.engine.lora;
