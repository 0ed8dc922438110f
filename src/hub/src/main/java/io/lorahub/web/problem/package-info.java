/**
 * Error answers: problem details (RFC 9457) for programs, a page for people. Begin with {@code ProblemWriter};
 * {@code ExceptionTranslator} translates exceptions for the sender.
 */
package io.lorahub.web.problem;
