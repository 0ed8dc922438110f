/**
 * A hub of several processes under mixed load while its parts fail: what is lost, done twice or never ends, and whether
 * memory, threads, connections and files stay flat. Begin with {@code SoakBenchCommand}; {@code SoakHub} is what is disturbed,
 * {@code SoakMembers} use it, and {@code StoreAudit} compares files with rows at the end.
 *
 * <p>Members only use what the hub offers to all; what has become of their work is read from the database.
 */
package io.lorahub.bench.soak;
