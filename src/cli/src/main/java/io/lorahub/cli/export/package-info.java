/**
 * Commands that turn one form of an adapter into another, on this machine. {@code ExportCommand} writes it as another
 * program loads it, and {@code ExtractCommand} makes it out of a fine-tuned model.
 */
package io.lorahub.cli.export;
