/**
 * The commands that talk to a hub: login, logout, search, pull, push, runs, and compose --remote. Begin with
 * {@code HubOptions}, which chooses the hub and the token.
 *
 * <p>Requests go through the package {@code remote}. A token goes only to a hub that the user has named.
 */
package io.lorahub.cli.hub;
