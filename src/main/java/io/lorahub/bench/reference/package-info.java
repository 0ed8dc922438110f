/**
 * {@code bench reference}: the published program and LoraHub on the same weights, examples and mixes. Begin with
 * {@code EvaluationComparison}.
 *
 * <p>The two programs take turns, so that the load of the machine falls on both.
 */
package io.lorahub.bench.reference;
