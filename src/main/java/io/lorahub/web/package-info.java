/**
 * What all pages and endpoints share: problems, forms, formats, cookies, bodies. Begin with {@code ProblemException}
 * and {@code PageFrame}. {@code guard} refuses requests, {@code problem} writes the answers that say what went wrong.
 *
 * <p>It depends on no feature package. Pages work without scripts and have no inline style or script; messages of
 * unexpected exceptions are never shown.
 */
package io.lorahub.web;
