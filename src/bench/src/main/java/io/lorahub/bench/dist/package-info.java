/**
 * {@code lorahub dist}: the archives that people download. Begin with {@code DistCommand}.
 */
package io.lorahub.bench.dist;
