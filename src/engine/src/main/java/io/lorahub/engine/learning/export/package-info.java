/**
 * Writes what a run found. {@code MergeExport} makes a PEFT adapter, lossless or compressed to a rank, and
 * {@code FusedModel} a whole model.
 *
 * <p>It goes module by module and measures the loss of what it wrote, so the report describes the file, not the plan.
 */
package io.lorahub.engine.learning.export;
