/**
 * Text generation for many requests at once: {@code TextGenerator} decodes requests for different adapters and mixes of one
 * base model in one batch, which they join and leave at any token (continuous batching, Yu et al., OSDI 2022). It decides
 * who joins and chooses the tokens; {@code engine.model.decoding.BatchDecoder} computes.
 *
 * <p>What a request writes does not depend on the others in its batch.
 */
package io.lorahub.engine.generation;
