/**
 * Adapters, their versions and cards, lineage, likes, duplicates. Begin with the entities {@code Adapter} and {@code
 * AdapterVersion}, then {@code Publishing}, the only class that creates versions.
 *
 * <p>The files of a version never change. {@code AdapterRights} decides who can see and change an adapter; adapters
 * that the viewer must not see are reported as not found.
 */
package io.lorahub.adapter;
