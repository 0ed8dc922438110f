/**
 * What all pages and endpoints share: problems, forms, formats, cookies, bodies. Begin with {@code ProblemException} and
 * {@code PageFrame}. {@code guard} refuses requests, {@code problem} writes the answers that say what went wrong.
 *
 * <p>It uses no feature; features use it. Pages work without scripts and have no inline style or script; no text of an
 * unexpected exception is shown.
 */
package io.lorahub.web;
