/**
 * Adapters in PEFT's format: {@code AdapterReading} opens one and runs every check, {@code LoraAdapter} is one that
 * can be used exactly, {@code ExactMerge} and {@code AdapterWriter} write one.
 *
 * <p>ΔW = s·B·A, with A [r, in] and B [out, r]. A PEFT feature that this cannot express is refused with its reason,
 * never ignored.
 */
package io.lorahub.engine.lora;
