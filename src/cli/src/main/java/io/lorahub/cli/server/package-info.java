/**
 * The commands that run a hub or work on its data: serve, worker, backup, restore,
 * migrate, verify-store. Begin with {@code ServeCommand}.
 *
 * <p>They only turn options into settings; the server itself is in the package {@code serve}.
 */
package io.lorahub.cli.server;
