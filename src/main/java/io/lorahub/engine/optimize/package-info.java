/**
 * Search strategies. {@code Optimizer} proposes points and receives their losses within a {@code SearchSpace};
 * {@code Strategy} lists the strategies and {@code MarginSearch} is the default.
 *
 * <p>A strategy depends only on its seed and on the observations it received, so a log replays it.
 */
package io.lorahub.engine.optimize;
