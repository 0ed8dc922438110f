/**
 * Requests to other hubs that speak the Hugging Face Hub's protocol. Begin with {@code RemoteHub}.
 *
 * <p>No other class of the server opens connections to addresses that members name. {@code AllowedHosts} decides which
 * are permitted, before each request and again for the address that a socket really connects to.
 */
package io.lorahub.imports.source;
