/**
 * Shared by all pages and endpoints: problems, forms, formats, cookies, bodies. Begin with {@code ProblemException} and
 * {@code PageFrame}. {@code guard} rejects requests, {@code problem} writes error answers.
 *
 * <p>It depends on no feature package. Pages work without scripts and have no inline style or script; messages of
 * unexpected exceptions are never shown.
 */
package io.lorahub.web;
