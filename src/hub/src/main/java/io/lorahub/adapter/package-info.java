/**
 * Adapters and their versions. This package holds the entities and what every package below it knows of an adapter: its
 * facts, who may see it, and how lists and the API show it. Begin with {@code Adapter} and {@code AdapterVersion}, then
 * {@code AdapterRights} and {@code Adapters}.
 *
 * <p>The files of a version never change. {@code AdapterRights} decides who can see and change an adapter; adapters
 * that the viewer must not see are reported as not found. Nothing here uses a package below it.
 */
package io.lorahub.adapter;
