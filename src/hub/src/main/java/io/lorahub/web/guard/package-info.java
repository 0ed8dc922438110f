/**
 * Checks on every request before it reaches an endpoint: security headers, host name, CSRF, size and speed of bodies.
 * Each guard registers itself with a priority; the highest runs first.
 * {@code CsrfGuard}, {@code SecurityHeaders}, {@code HostCheck} and {@code BodyLimit} are the ones to know.
 */
package io.lorahub.web.guard;
