/**
 * The strategies by name: begin with {@code Strategy}. Greedy, pairs, random, and the libraries' CMA-ES, Nelder-Mead,
 * BOBYQA and L-BFGS; the default is {@code MarginSearch} of the package {@code margin}.
 *
 * <p>Each keeps within the bounds and the budget and starts at zero weights.
 */
package io.lorahub.engine.optimize.strategy;
