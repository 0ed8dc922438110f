/**
 * Connections before there is a request: how many are open, how long the headers can take, which proxies are trusted.
 * Begin with {@link io.lorahub.web.connection.GuardedTransport}. Everything here runs on event loops and must not
 * block.
 */
package io.lorahub.web.connection;
