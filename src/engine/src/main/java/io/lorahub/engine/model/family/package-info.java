/**
 * The families of models. Each one is a class that reads config.json and describes the model as a {@code ModelConfig};
 * {@code ModelFamilies} lists them by {@code model_type}. docs/add-a-family.md explains how to add one.
 *
 * <p>The rest of the engine doesn't know any family. This package does not use libtorch.
 */
package io.lorahub.engine.model.family;
