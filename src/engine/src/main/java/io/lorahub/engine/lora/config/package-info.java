/**
 * Reads adapter_config.json with PEFT's meaning: which modules, which ranks and scales, which features. Begin with
 * {@code ConfigReading}, which returns an {@code AdapterConfig}.
 *
 * <p>Expressions are untrusted, so {@code BoundedPattern} limits the steps of each match. Each problem becomes a
 * {@code CheckFinding}, and reading continues.
 */
package io.lorahub.engine.lora.config;
