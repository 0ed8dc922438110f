/**
 * {@code bench reference}: the published program and LoraHub on the same weights, examples and mixes. Begin with
 * {@code EvaluationComparison}.
 *
 * <p>The two programs take turns, so that other load on the machine affects both.
 */
package io.lorahub.bench.reference;
