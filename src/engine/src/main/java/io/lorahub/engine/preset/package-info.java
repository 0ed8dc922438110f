/**
 * Writes an adapter as another program loads it. {@code ExportPreset} says what each program accepts, and {@code
 * PresetExport} makes the adapter fit: one rank and alpha, scale in the factors, names and layout of the tensors.
 *
 * <p>What a program wouldn't load, or would load wrongly, is refused with the reason. The sources of the formats are in
 * docs/guides/export.md.
 */
package io.lorahub.engine.preset;
