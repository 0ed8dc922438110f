/**
 * The record of a run: {@code Recipe} is written beside the merged adapter, and {@code WrittenRecipe} reads one to
 * replay it.
 *
 * <p>A recipe names base model, candidates, settings and examples by hash, so a replay can say what differs.
 */
package io.lorahub.engine.learning.recipe;
