package io.lorahub.demo;

import io.lorahub.adapter.card.Card;
import io.lorahub.demo.DemoHub.DemoAdapter;
import io.lorahub.engine.learning.Example;
import java.util.List;
import java.util.stream.Collectors;

/** The cards of the demo hub's adapters. */
final class DemoCard {

    /** Licence of LoraHub itself. */
    static final String LICENCE = "MIT";

    private DemoCard() {}

    static Card of(DemoAdapter adapter) {
        Example first = adapter.examples().get(0);
        return new Card(
                adapter.title(),
                adapter.summary(),
                description(adapter),
                adapter.tags(),
                List.of("en"),
                LICENCE,
                true,
                "2,600 English words of 3 to 8 letters from SCOWL, with answers made by a rule.",
                "To try LoraHub: two of these together do what neither was trained for, such as un + past:"
                        + " lock → unlocked.",
                first.input(),
                first.output());
    }

    private static String description(DemoAdapter adapter) {
        String rows = adapter.examples().stream()
                .map(e -> "| `%s` | `%s` |".formatted(e.input(), e.output()))
                .collect(Collectors.joining("\n"));
        return """
                Trained with PEFT for 300 steps on one task. On words that it has not seen it gets 99 to 100 of 100 right.

                | it reads | it writes |
                |---|---|
                """ + rows + "\n";
    }
}
