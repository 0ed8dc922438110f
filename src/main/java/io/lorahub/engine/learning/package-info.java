/**
 * LoraHub learning (Huang et al., arXiv 2307.13269). Begin with {@code LoraHub}, the facade, then
 * {@code LearningRun}. {@code MergeExport} writes the result.
 *
 * <p>A run is determined by its settings and its log, so a replay ends at the same weights and evaluates nothing
 * twice.
 */
package io.lorahub.engine.learning;
