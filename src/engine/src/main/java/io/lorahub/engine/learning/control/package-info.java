/**
 * Whether the mix was worth it. {@code ControlScorer} scores the base model, the single adapters and a uniform mix on the
 * same examples; {@code Verdict} says in a sentence which is best.
 *
 * <p>A control that the search has scored already is not computed again ({@code KnownControls}).
 */
package io.lorahub.engine.learning.control;
