/**
 * The checks of an adapter's tensors and configuration. {@code AdapterCheck} lists them, {@code AdapterContents} is
 * their input, {@code BaseFit} compares with the shapes of a base model.
 *
 * <p>A check reports all that it finds and never throws; what it does not report, the engine computes exactly.
 */
package io.lorahub.engine.lora.check;
