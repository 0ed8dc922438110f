/**
 * Writes what a run found. {@code MergeExport} makes a PEFT adapter, lossless or compressed to a rank, and
 * {@code FusedModel} a whole model.
 *
 * <p>It goes module by module and measures the loss of what it wrote, so a report is of the file and not of the plan.
 */
package io.lorahub.engine.learning.export;
