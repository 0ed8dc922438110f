/**
 * The default search. {@code MarginSearch} asks for points; {@code Probing} tries candidates alone and in pairs,
 * {@code MarginModel} predicts each token's margin from what was seen, and {@code MixPruner} removes weights that do
 * nothing.
 *
 * <p>Losses of single tokens are all it learns from, so it needs an objective that is a mean of them.
 */
package io.lorahub.engine.optimize.margin;
