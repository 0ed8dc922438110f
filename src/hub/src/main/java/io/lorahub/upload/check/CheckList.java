package io.lorahub.upload.check;

import io.lorahub.adapter.fingerprint.DuplicateCheck;
import io.lorahub.adapter.publication.CheckReport;
import io.lorahub.engine.inspection.CheckResult;
import io.lorahub.engine.inspection.CheckResult.State;
import io.lorahub.engine.lora.config.CheckFinding;
import io.lorahub.engine.lora.config.FindingCollector;
import io.lorahub.engine.names.EnumNames;
import io.lorahub.upload.Upload;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The checks of an upload as shown on its page: first those that need attention, then those that passed.
 *
 * @param open failed, with warnings, pending or skipped; each with its findings
 * @param passed without anything to do
 */
public record CheckList(List<CheckResult> open, List<CheckResult> passed) {

    /** The checks of an upload that has been checked or waits for its checks. */
    public static CheckList of(Upload upload) {
        if (upload.findings == null) return new CheckList(List.of(), List.of());
        List<CheckResult> all =
                CheckReport.stored(upload.facts, upload.findings).checks();
        List<CheckResult> open = new ArrayList<>();
        for (State state : new State[] {State.FAILED, State.WARNED, State.PENDING, State.SKIPPED}) {
            all.stream().filter(check -> check.state() == state).forEach(open::add);
        }
        return new CheckList(
                open,
                all.stream().filter(check -> check.state() == State.PASSED).toList());
    }

    public int failed() {
        return (int)
                open.stream().filter(check -> check.state() == State.FAILED).count();
    }

    public boolean isEmpty() {
        return open.isEmpty() && passed.isEmpty();
    }

    /** Informational findings of the checks that passed, with those that differ only in the tensor grouped. */
    public List<FindingGroup> infos() {
        return FindingGroup.of(
                passed.stream().flatMap(check -> check.findings().stream()).toList());
    }

    /** The findings of a check, with identical findings about several tensors grouped. */
    public List<FindingGroup> groups(CheckResult check) {
        return FindingGroup.of(check.findings());
    }

    /** Whether any check has a finding with this code. */
    public boolean hasFinding(String code) {
        return open.stream()
                .flatMap(check -> check.findings().stream())
                .anyMatch(f -> f.code().equals(code));
    }

    /** A summary such as "1 failed, 2 warnings, 8 passed". */
    public String summary() {
        List<String> words = new ArrayList<>();
        add(words, State.FAILED, "failed");
        add(words, State.WARNED, "with a warning");
        add(words, State.PENDING, "pending");
        add(words, State.SKIPPED, "skipped");
        if (!passed.isEmpty()) words.add(passed.size() + " passed");
        return String.join(", ", words);
    }

    private void add(List<String> words, State state, String word) {
        long count = open.stream().filter(check -> check.state() == state).count();
        if (count > 0) words.add(count + " " + word);
    }

    /** The state as used in badges, such as {@code failed}. */
    public static String word(CheckResult check) {
        return EnumNames.of(check.state());
    }

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
                                    new Kind(finding.severity(), finding.code(), finding.fix()),
                                    kind -> new ArrayList<>())
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
}
