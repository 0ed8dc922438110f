/**
 * Checks on every request before it reaches an endpoint: security headers, host name, CSRF, size and speed of bodies.
 * Each guard registers itself with a priority; the highest runs first.
 */
package io.lorahub.web.guard;
