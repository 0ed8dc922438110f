package io.lorahub.cli;

import io.lorahub.engine.learning.Example;
import io.lorahub.engine.learning.Session;
import io.lorahub.engine.lora.Finding.Severity;
import java.io.PrintWriter;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** What may be meant so, but should be known. On standard error. */
record Cautions(PrintWriter err) {

    void aboutAdapters(Session session) {
        session.adapters()
                .forEach(adapter -> adapter.findings().stream()
                        .filter(f -> f.severity() == Severity.WARNING)
                        .forEach(f -> say("%s: %s".formatted(adapter.name(), f.sentence()))));
    }

    void aboutExamples(List<Example> fewShot, List<Example> heldOut) {
        if (fewShot.size() == 1) {
            say("There is only one example, and many mixes get a single one right; five are usual.");
        }
        Set<Example> known = new HashSet<>(fewShot);
        long seen = heldOut.stream().filter(known::contains).count();
        if (seen > 0) {
            say(
                    "%d of the %d held-out examples are among the examples that are learned from, so the mix looks better than it is."
                            .formatted(seen, heldOut.size()));
        }
    }

    private void say(String sentence) {
        err.println("lorahub: warning: " + sentence);
    }
}
