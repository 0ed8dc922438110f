/**
 * What the engine throws: {@code EngineException} for input that the user can fix, and {@code JsonFault}, which says
 * where a JSON file is broken.
 *
 * <p>A message is a whole sentence that names the file and says how to fix it.
 */
package io.lorahub.engine.error;
