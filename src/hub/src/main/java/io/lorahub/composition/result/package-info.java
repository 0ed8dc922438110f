/**
 * The result of a run as its page shows it: verdict, controls, predictions, playground, downloads, and a comparison of two
 * runs. Begin with {@code RunResultPage}; {@code ResultView} holds the verdict, which says whether the mix is worth having.
 *
 * <p>The verdict follows the same rule on the page, in lists, in the API and on the command line. {@code Exports} has
 * workers make files that do not exist yet.
 */
package io.lorahub.composition.result;
