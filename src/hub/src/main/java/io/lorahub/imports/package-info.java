/**
 * Adapters fetched from other hubs for members. Begin with {@code Imports}; {@code AdapterImportExecution} does them,
 * and {@code source} talks to the other hub.
 *
 * <p>An import is an upload whose files the hub fetches itself: the same limits and checks apply, and no transaction is
 * open while files arrive. The token for the other hub is deleted when the last file has arrived.
 */
package io.lorahub.imports;
