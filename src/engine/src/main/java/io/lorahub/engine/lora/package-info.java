/**
 * Adapters in PEFT's format. {@code AdapterReading} opens one and runs every check; {@code LoraAdapter} is one that can
 * be applied exactly. {@code config} reads the configuration, {@code check} has the checks, {@code merge} writes.
 *
 * <p>ΔW = s·B·A, with A [r, in] and B [out, r]. A PEFT feature that cannot be expressed this way is rejected with a
 * reason, never ignored.
 */
package io.lorahub.engine.lora;
