/**
 * The command line: one class per command, one per group of options. {@code Main} lists the commands.
 *
 * <p>Results go to standard output, everything else to standard error. With {@code --json}, standard output is one
 * JSON object. {@code ExitCode} holds the exit codes.
 */
package io.lorahub.cli;
