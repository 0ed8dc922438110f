/**
 * The log of a run as a file of JSON lines, which {@code compose --resume} continues. Begin with {@code RunLog}.
 *
 * <p>Each evaluation is on disk before the next begins, and a line that a crash cut off is left out.
 */
package io.lorahub.engine.learning.log;
