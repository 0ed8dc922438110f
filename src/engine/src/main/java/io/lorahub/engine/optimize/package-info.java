/**
 * What all search strategies share: {@code Optimizer} proposes points and receives their losses within a
 * {@code SearchSpace}, {@code BudgetedSearch} counts evaluations. {@code strategy} lists the strategies, {@code margin}
 * has the default one.
 *
 * <p>A strategy depends only on its seed and on the observations it received, so a log replays it.
 */
package io.lorahub.engine.optimize;
