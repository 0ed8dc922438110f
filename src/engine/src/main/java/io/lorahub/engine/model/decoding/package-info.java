/**
 * Decodes texts with a loaded model. Begin with {@code BatchDecoder}, which computes the next token of many texts at once;
 * {@code GreedyTexts} writes with one mix what its model finds most probable.
 *
 * <p>What a text becomes does not depend on the others that are decoded with it, but for rounding.
 */
package io.lorahub.engine.model.decoding;
