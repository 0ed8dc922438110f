/**
 * Base models fetched from other hubs for administrators. Begin with {@code BaseModelImports}; the queue of imports runs
 * {@code BaseModelImportExecution}.
 *
 * <p>Files arrive in a folder of the machine that fetches them, where an interrupted one is continued. A complete file is
 * also stored, so that another machine can go on with the rest. The model is registered as from any folder on the server.
 */
package io.lorahub.imports.model;
