/**
 * What all commands read and print with: styles, tables, progress, exit codes, errors. Begin with
 * {@code OutputOptions}.
 *
 * <p>Everything that is printed passes {@code PlainText}, so no text from a file or a hub can control the terminal.
 */
package io.lorahub.cli.terminal;
