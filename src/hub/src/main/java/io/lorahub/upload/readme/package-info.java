/**
 * A README and a recipe among the uploaded files, read as the beginning of a card. Begin with {@code Readmes};
 * {@code Readme} reads the metadata of a model card, {@code SentRecipe} the parts of a mix.
 *
 * <p>A README only prefills: what the member types takes precedence. A recipe is read but never published, because it
 * contains its author's examples and paths.
 */
package io.lorahub.upload.readme;
