/**
 * Adapters, their versions and cards, lineage, likes, duplicates. Begin with the entities {@code Adapter} and
 * {@code AdapterVersion}, then {@code Publishing}, the only place that creates versions.
 *
 * <p>The files of a version never change. {@code AdapterRights} decides who sees and changes an adapter; what the
 * viewer must not see is answered as if it did not exist.
 */
package io.lorahub.adapter;
