package io.lorahub.testsupport;

import com.fasterxml.jackson.databind.JsonNode;
import io.lorahub.engine.learning.Example;
import io.lorahub.engine.learning.LearningSession;
import io.lorahub.engine.lora.LoraAdapter;
import io.lorahub.engine.model.ComposedWeights;
import io.lorahub.engine.model.Compute;
import java.util.List;

/** A task of the demo hub. */
public record DemoTask(List<Example> fewShot, List<Example> heldOut) {

    public static DemoTask named(String name, int draw) {
        return new DemoTask(
                examples("tasks/%s/few-shot-%d.jsonl".formatted(name, draw)),
                examples("tasks/%s/held-out.jsonl".formatted(name)));
    }

    private static List<Example> examples(String file) {
        return Reference.lines(file).stream().map(DemoTask::example).toList();
    }

    private static Example example(JsonNode row) {
        return new Example(row.get("input").asText(), row.get("output").asText());
    }

    /** The demo base with some of its adapters. */
    public static LearningSession session(ComposedWeights composition, String... adapters) {
        List<LoraAdapter> loaded = List.of(adapters).stream()
                .map(name -> LoraAdapter.load(Reference.demoHub("adapters/" + name)))
                .toList();
        return LearningSession.open(Reference.demoHub("base"), loaded, composition, Compute.cpu());
    }
}
