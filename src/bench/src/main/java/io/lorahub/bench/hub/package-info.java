/**
 * {@code bench web}, {@code bench pages}, {@code bench pool}, {@code bench large-run} and {@code bench completions}: measure
 * a whole hub in a process of its own. Begin with {@code HubUnderTest}, which starts one.
 *
 * <p>All data is in a new folder, which is deleted at the end.
 */
package io.lorahub.bench.hub;
