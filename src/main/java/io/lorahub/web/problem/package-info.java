/**
 * Answers that say what went wrong: problem details (RFC 9457) for programs, a page for people. Begin with
 * {@code ProblemWriter}; {@code ExceptionTranslator} knows what an exception means for the sender.
 */
package io.lorahub.web.problem;
