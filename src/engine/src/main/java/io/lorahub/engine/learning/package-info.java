/**
 * LoraHub learning (Huang et al., arXiv 2307.13269): {@code LearningRun} asks a strategy for weights and scores them with
 * {@code Scorer} in a {@code LearningSession}. {@code control} compares the answer, {@code recipe} writes it down,
 * {@code export} makes the adapter.
 *
 * <p>Settings and log determine a run, so a replay ends at the same weights and does not repeat any evaluation.
 */
package io.lorahub.engine.learning;
