/**
 * The candidates that a visitor or a member collects for a composition, and their page. Begin with
 * {@code CandidateBasket}.
 */
package io.lorahub.browse.candidates;
