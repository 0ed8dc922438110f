/**
 * Reads adapter_config.json with PEFT's meaning: which modules, which ranks and scales, which features. Begin with
 * {@code ConfigReading}; {@code AdapterConfig} is what it gives.
 *
 * <p>Expressions come from strangers, so {@code BoundedPattern} limits the steps of each match. Every fault is a
 * {@code CheckFinding}; reading goes on after one.
 */
package io.lorahub.engine.lora.config;
