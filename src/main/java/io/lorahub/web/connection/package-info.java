/**
 * Connections before there is a request: how many are open, how long the headers may take, which proxies are trusted.
 * Begin with {@link io.lorahub.web.connection.GuardedTransport}. All of it runs on event loops, so nothing here blocks.
 */
package io.lorahub.web.connection;
