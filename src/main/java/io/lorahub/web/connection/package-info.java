/**
 * Connections before there is a request: how many are open, how long a request's head may take, what a proxy says of the
 * client. Begin with {@link io.lorahub.web.connection.GuardedTransport}. Nothing here blocks: all of it runs on event
 * loops.
 */
package io.lorahub.web.connection;
