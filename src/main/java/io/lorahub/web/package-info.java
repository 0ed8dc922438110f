/**
 * What all pages and endpoints share: errors, forms, formats, headers, limits. Begin with {@code ProblemException}
 * and {@code PageFrame}. {@code CsrfGuard} refuses changes that other sites ask for.
 *
 * <p>It uses no feature beyond account's session cookie; features use it. Pages work without scripts and have no
 * inline style or script; no text of an unexpected exception is shown.
 */
package io.lorahub.web;
