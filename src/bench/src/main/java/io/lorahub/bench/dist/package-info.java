/**
 * {@code lorahub dist}: the archives that people download. Begin with {@code DistCommand}.
 *
 * <p>The same packaged program and the same packages of Java give the same bytes: entries are sorted and have the time of the release.
 */
package io.lorahub.bench.dist;
