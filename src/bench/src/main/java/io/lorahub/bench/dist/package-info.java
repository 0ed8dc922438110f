/**
 * {@code lorahub dist}: the archives that people download. Begin with {@code DistCommand}.
 *
 * <p>The same sources and the same packages give the same bytes: entries are sorted and have the time of the release.
 */
package io.lorahub.bench.dist;
