/**
 * Base models that administrators register. Adapters are checked against them and runs load them. Begin with
 * {@code BaseModels}.
 *
 * <p>A model is registered only after the engine has run it once. That takes minutes for a large model, so no
 * transaction is open meanwhile.
 */
package io.lorahub.basemodel;
