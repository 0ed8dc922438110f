/**
 * Commands that turn one form of an adapter into another, on this machine. {@code ExportCommand} writes it as another
 * program loads it.
 */
package io.lorahub.cli.export;
