package io.lorahub.engine.learning;

import java.util.List;
import java.util.Optional;

/**
 * One mix as it does on the few-shot and the held-out examples.
 *
 * @param name        "base", "uniform", "composed" or the name of an adapter
 * @param objective   with regularisation
 * @param loss        without
 * @param heldOut     where held-out examples were given
 * @param predictions on the held-out examples, in their order; empty without them
 */
public record Control(
        String name,
        double[] weights,
        double objective,
        double loss,
        Optional<Accuracy> heldOut,
        List<String> predictions) {

    /** As if there were no held-out examples. */
    Control untested() {
        return new Control(name, weights, objective, loss, Optional.empty(), List.of());
    }
}
