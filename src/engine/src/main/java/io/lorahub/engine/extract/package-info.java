/**
 * Makes an adapter out of a fine-tuned model: {@code Extraction} subtracts the base model and approximates the difference
 * of each linear layer by factors of a low rank.
 *
 * <p>The files stay mapped, and one layer is in memory at a time. What an adapter can't hold is named in the report.
 */
package io.lorahub.engine.extract;
