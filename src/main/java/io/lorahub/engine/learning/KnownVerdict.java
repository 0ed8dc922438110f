package io.lorahub.engine.learning;

import java.util.stream.Stream;

/**
 * What can be said when not every control is known.
 *
 * @param singlesLeft candidates that were not evaluated alone
 * @param withHeldOut whether held-out examples were given
 */
record KnownVerdict(KnownControls controls, int singlesLeft, boolean withHeldOut) {

    String text() {
        return (comparison() + singles() + heldOut()).strip();
    }

    private String comparison() {
        if (controls.composed().isEmpty() || controls.base().isEmpty()) return "The controls were not evaluated.";
        Control mix = controls.composed().get();
        Control base = controls.base().get();
        return controls.bestSingle()
                .map(single -> Verdict.of(base, single, mix))
                .orElseGet(() -> "The mix has the loss %s on the examples, the base model %s."
                        .formatted(Losses.words(mix), Losses.words(base)));
    }

    private String singles() {
        return singlesLeft == 0 ? "" : " %d of the adapters were not evaluated alone.".formatted(singlesLeft);
    }

    private String heldOut() {
        if (!withHeldOut || isDecoded()) return "";
        return controls.composed()
                .flatMap(Control::heldOut)
                .map(own -> " The mix gets %d of %d held-out examples right; they were not decoded with all controls."
                        .formatted(Math.round(own.exactMatch() * own.count() / 100), own.count()))
                .orElse(" The held-out examples were not decoded.");
    }

    private boolean isDecoded() {
        return Stream.of(controls.base(), controls.bestSingle(), controls.composed())
                .allMatch(c -> c.flatMap(Control::heldOut).isPresent());
    }
}
