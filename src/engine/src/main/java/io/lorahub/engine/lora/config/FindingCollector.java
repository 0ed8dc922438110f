package io.lorahub.engine.lora.config;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** Collects findings in order, with a limit on each kind: a file may contain a million bad tensors. */
public final class FindingCollector implements Consumer<CheckFinding> {

    /** Code of the finding that counts omitted findings of one kind; its subject is their code. */
    public static final String MORE = "more-of-the-same";

    private static final int MAX_OF_ONE_KIND = 50;

    private final List<CheckFinding> findings = new ArrayList<>();
    private final Map<String, Integer> counts = new LinkedHashMap<>();

    @Override
    public void accept(CheckFinding finding) {
        if (counts.merge(finding.code(), 1, Integer::sum) <= MAX_OF_ONE_KIND) findings.add(finding);
    }

    public boolean hasErrors() {
        return findings.stream().anyMatch(CheckFinding::isError);
    }

    public List<CheckFinding> findings() {
        List<CheckFinding> all = new ArrayList<>(findings);
        counts.forEach((code, count) -> {
            if (count > MAX_OF_ONE_KIND) {
                all.add(CheckFinding.info(
                        MORE,
                        code,
                        "There are %d more findings of the kind %s.".formatted(count - MAX_OF_ONE_KIND, code)));
            }
        });
        return List.copyOf(all);
    }
}
