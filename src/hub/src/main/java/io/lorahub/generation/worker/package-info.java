/**
 * How workers write texts: as jobs of a queue of their own, with one generator for each base model, so that requests for
 * different adapters are decoded together. Begin with {@code GenerationWorker}.
 */
package io.lorahub.generation.worker;
