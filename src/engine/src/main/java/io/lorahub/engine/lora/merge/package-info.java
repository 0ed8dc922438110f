/**
 * Makes one adapter of several: {@code ExactMerge} concatenates factors, {@code FactorMerge} adds them as the paper
 * does, {@code OperatorMerge} has PEFT's other methods, {@code MergeCheck} verifies the result, and
 * {@code AdapterWriter} writes PEFT's files.
 *
 * <p>A folder appears complete or not at all ({@code AtomicFolder}).
 */
package io.lorahub.engine.lora.merge;
