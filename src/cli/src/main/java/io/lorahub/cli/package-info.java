/**
 * The command line. {@code Main} lists the commands; {@code local} holds those that compute on this machine, {@code hub}
 * those that talk to a hub, {@code server} those that run one, and {@code terminal} what all of them print with.
 *
 * <p>Results go to standard output, everything else to standard error. With {@code --json}, standard output is one
 * JSON object.
 */
package io.lorahub.cli;
