/**
 * What an adapter was composed of, what was composed of it, and which others a visitor may want to see. Begin with
 * {@code Lineages}; {@code LineageDrawing} lays the result out as boxes and arrows.
 *
 * <p>Only adapters that the viewer would also find in lists are named; others are not.
 */
package io.lorahub.adapter.lineage;
