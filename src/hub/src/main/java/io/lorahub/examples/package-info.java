/**
 * Reads examples from JSONL, JSON, CSV and TSV files and from pasted text. Begin with {@code ExamplesFile} and
 * {@code PastedExamples}; {@code Fields} lists the column names that are understood.
 *
 * <p>A file that cannot be read is refused with the line and the reason.
 */
package io.lorahub.examples;
