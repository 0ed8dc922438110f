/**
 * Composition runs. This package holds the run itself and what every package below it knows of a run: its candidates,
 * its owner, its log as it is read, its result, and who may see it. Begin with {@code CompositionRun};
 * docs/architecture.md follows one run through the packages.
 *
 * <p>{@code RunState} defines all state transitions. A {@code RunSpec} never changes once its run is queued. Nothing
 * here uses a package below it.
 */
package io.lorahub.composition;
