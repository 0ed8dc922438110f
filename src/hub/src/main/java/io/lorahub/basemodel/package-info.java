/**
 * Base models that administrators register. Adapters are checked against them and runs load them. Begin with
 * {@code BaseModels} and {@code BaseModelRegistrations}.
 *
 * <p>A model is registered only after a process of its own has read it and run it once, see {@code uploadcheck}. Nothing
 * here reads its files beyond their names and hashes.
 */
package io.lorahub.basemodel;
