/**
 * What imports of adapters and of base models have in common: where they come from, their state, and how often they are
 * tried. Begin with {@code RepositoryImport}.
 *
 * <p>An import that has ended never changes its state again.
 */
package io.lorahub.imports.state;
