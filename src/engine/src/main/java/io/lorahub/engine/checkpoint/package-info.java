/**
 * PyTorch checkpoints, sharded models, and adapters in folders or zips. Begin with {@code AdapterFolder} and
 * {@code ModelFolder}.
 *
 * <p>No code in a file is executed: {@code PickleReader} accepts only what a tensor state dict needs and rejects
 * everything else by name. Sizes are checked before anything is unpacked.
 */
package io.lorahub.engine.checkpoint;
