/**
 * Base models fetched from other hubs for administrators. Begin with {@code BaseModelImports}; {@code
 * BaseModelImportExecution} says what differs from an import of an adapter, {@code ModelFiles} which files make up a model.
 */
package io.lorahub.imports.model;
