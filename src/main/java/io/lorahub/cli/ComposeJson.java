package io.lorahub.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lorahub.engine.learning.Accuracy;
import io.lorahub.engine.learning.Control;
import io.lorahub.engine.learning.KnownControls;
import io.lorahub.engine.learning.LearnedMix;

/** A composition for programs; what there is not is left out. */
final class ComposeJson {

    private static final ObjectMapper JSON = new ObjectMapper();

    private ComposeJson() {}

    static ObjectNode of(ComposeResult result) {
        LearnedMix learned = result.learned();
        ObjectNode node = JSON.createObjectNode();
        node.set("weights", JSON.valueToTree(learned.weights()));
        node.put("objective", learned.objective());
        node.put("loss", learned.loss());
        node.put("evaluations", learned.evaluations());
        node.put("seconds_per_evaluation", learned.secondsPerEvaluation());
        if (result.interrupted()) node.put("interrupted", true);
        result.controls().composed().flatMap(Control::heldOut).ifPresent(a -> accuracy(node, a));
        node.set("controls", controls(result.controls()));
        result.controls().betterSingle().ifPresent(single -> node.put("better_single", single.name()));
        node.put("verdict", result.verdict());
        result.written().ifPresent(w -> node.set("written", w.json()));
        return node;
    }

    private static ObjectNode controls(KnownControls known) {
        ObjectNode controls = JSON.createObjectNode();
        known.base().ifPresent(c -> controls.set("base", control(c, JSON.createObjectNode())));
        known.uniform().ifPresent(c -> controls.set("uniform", control(c, JSON.createObjectNode())));
        known.bestSingle()
                .ifPresent(c -> controls.set(
                        "best_single", control(c, JSON.createObjectNode().put("adapter", c.name()))));
        return controls;
    }

    private static ObjectNode control(Control control, ObjectNode node) {
        node.put("objective", control.objective());
        node.put("loss", control.loss());
        control.heldOut().ifPresent(a -> accuracy(node, a));
        return node;
    }

    static void accuracy(ObjectNode node, Accuracy accuracy) {
        node.put("exact_match", accuracy.exactMatch());
        node.putArray("exact_match_interval").add(accuracy.low()).add(accuracy.high());
        node.put("accuracy", accuracy.accuracy());
    }
}
