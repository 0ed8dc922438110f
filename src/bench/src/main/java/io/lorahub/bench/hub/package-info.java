/**
 * {@code bench web}, {@code bench pool} and {@code bench large-run}: measure a whole hub in a process of its own. Begin with
 * {@code HubUnderTest}, which starts one.
 *
 * <p>All data is in a new folder, which is deleted at the end.
 */
package io.lorahub.bench.hub;
