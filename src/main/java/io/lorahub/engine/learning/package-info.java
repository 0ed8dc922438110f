/**
 * LoraHub learning (Huang et al., arXiv 2307.13269). Begin with {@code LoraHub}, the facade, then {@code LearningRun}.
 * {@code MergeExport} writes the result.
 *
 * <p>Settings and log determine a run, so a replay ends at the same weights and does not repeat any evaluation.
 */
package io.lorahub.engine.learning;
