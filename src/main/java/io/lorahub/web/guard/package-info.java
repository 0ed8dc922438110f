/**
 * What every request passes before it reaches an endpoint: the headers of security, the host, CSRF, the size and pace of
 * bodies. Each registers itself with its priority; the largest goes first.
 */
package io.lorahub.web.guard;
