/**
 * Adapters and their versions, and repositories, which can be without an adapter. This package holds the entities and what every package below it knows of an adapter: its
 * facts, who may see it, and how lists and the API show it. Begin with {@code ModeratedEntity}, {@code Adapter} and
 * {@code AdapterVersion}, then {@code AdapterRights} and {@code Adapters}.
 *
 * <p>The files of a version never change. {@code AdapterRights} decides who can see and change an adapter; adapters
 * that the viewer must not see are reported as not found. {@code ModeratedEntity.isListed}, or the column
 * {@code adapter.listed}, says what everybody finds. Nothing here uses a package below it.
 */
package io.lorahub.adapter;
