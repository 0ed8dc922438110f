/**
 * Base models that administrators register. Adapters are checked against them and runs load them. Begin with
 * {@code BaseModels}; {@code registration} says how they come here.
 */
package io.lorahub.basemodel;
