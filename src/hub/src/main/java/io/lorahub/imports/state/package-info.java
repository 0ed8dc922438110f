/**
 * What imports of adapters and of base models have in common: where they come from, their state, and how they are fetched
 * into an upload. Begin with {@code RepositoryImport} and {@code ImportExecution}.
 *
 * <p>An import that has ended never changes its state again.
 */
package io.lorahub.imports.state;
