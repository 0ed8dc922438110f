/**
 * {@code bench reference}: the published program and LoraHub on the same weights, examples and mixes. Begin with
 * {@code EvaluationComparison}.
 *
 * <p>The two programs take turns, so that other load on the machine affects both.
 *
 * <p>{@code bench serve}: text generation for several clients, beside PEFT and llama.cpp's server. Begin with {@code
 * ServingMeasurement}.
 */
package io.lorahub.bench.reference;
