package io.lorahub.upload.check;

import io.lorahub.adapter.fingerprint.DuplicateCheck;
import io.lorahub.engine.lora.config.CheckFinding;
import io.lorahub.engine.lora.config.FindingCollector;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Findings of one check that differ only in the tensor: they have the same cause and the same remedy.
 *
 * @param first whose message and advice apply to all
 * @param others of the same kind
 * @param unlisted a sentence about findings that were only counted; may be empty
 */
public record FindingGroup(CheckFinding first, List<CheckFinding> others, String unlisted) {

    private static final int NAMED = 3;

    private record Kind(CheckFinding.Severity severity, String code, String fix) {}

    /** Groups in the order in which the findings occurred. */
    static List<FindingGroup> of(List<CheckFinding> findings) {
        Map<Kind, List<CheckFinding>> kinds = new LinkedHashMap<>();
        Map<String, String> unlisted = new LinkedHashMap<>();
        for (CheckFinding finding : findings) {
            if (finding.code().equals(FindingCollector.MORE)) {
                unlisted.put(finding.subject(), finding.message());
            } else {
                kinds.computeIfAbsent(
                                new Kind(finding.severity(), finding.code(), finding.fix()), kind -> new ArrayList<>())
                        .add(finding);
            }
        }
        return kinds.values().stream()
                .map(same -> new FindingGroup(
                        same.get(0),
                        List.copyOf(same.subList(1, same.size())),
                        unlisted.getOrDefault(same.get(0).code(), "")))
                .toList();
    }

    public int size() {
        return 1 + others.size();
    }

    public List<CheckFinding> all() {
        List<CheckFinding> all = new ArrayList<>(others);
        all.add(0, first);
        return all;
    }

    /** The first few of the others. */
    public List<String> named() {
        return others.stream().limit(NAMED).map(CheckFinding::subject).toList();
    }

    /** Whether there are more than the named ones. */
    public boolean folds() {
        return others.size() > NAMED;
    }

    /** {@code publisher/name} of the adapter that the finding is about; empty if it is about the files. */
    public String adapter() {
        return DuplicateCheck.named(first).orElse("");
    }
}
