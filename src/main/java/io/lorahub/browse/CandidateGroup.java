package io.lorahub.browse;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Candidates of one base model, which combine with each other and with no others.
 *
 * @param runs whether the base model is registered here, so that something can be composed on it
 */
record CandidateGroup(String baseModel, boolean runs, List<AdapterRow> rows) {

    /** In the order of the first adapter of each. */
    static List<CandidateGroup> of(List<AdapterRow> rows, Set<String> registered) {
        Map<String, List<AdapterRow>> groups = new LinkedHashMap<>();
        rows.forEach(row -> groups.computeIfAbsent(row.baseModel(), base -> new ArrayList<>())
                .add(row));
        return groups.entrySet().stream()
                .map(group -> new CandidateGroup(group.getKey(), registered.contains(group.getKey()), group.getValue()))
                .toList();
    }

    /** What nobody may publish a composition of. */
    public List<AdapterRow> withoutDerivatives() {
        return rows.stream().filter(row -> !row.derivatives()).toList();
    }
}
