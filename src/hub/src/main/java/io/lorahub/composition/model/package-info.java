/**
 * Base models and adapters as a process keeps them: files cached on its disk, models loaded on its device, tokenizers in
 * web processes. Begin with {@code WorkerModels}, which opens both for runs and tasks.
 *
 * <p>Opening cached files requires a shared lock, removing them an exclusive one. No run changes a loaded model, so runs
 * share one copy. Nothing here knows of runs.
 */
package io.lorahub.composition.model;
