/**
 * Token ids as the tensors that a program of {@code torchscript} reads: packed with little padding, with positions, masks
 * and labels. Begin with {@code ExampleFormat}; each architecture has one.
 *
 * <p>The order of {@code Examples} is the packed one: {@code exampleOfToken} says which example a token loss belongs to.
 */
package io.lorahub.engine.model.format;
