/**
 * The safetensors format. Begin with {@code SafetensorsFile} and {@code SafetensorsWriter}.
 *
 * <p>The header is checked completely before a tensor is read: ranges, overlaps, gaps, sizes. Tensors are views of the
 * mapped file, little-endian and row-major; their pages are read on access.
 */
package io.lorahub.engine.safetensors;
