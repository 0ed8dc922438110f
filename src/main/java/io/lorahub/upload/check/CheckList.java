package io.lorahub.upload.check;

import io.lorahub.adapter.publication.CheckReport;
import io.lorahub.engine.inspection.CheckResult;
import io.lorahub.engine.inspection.CheckResult.State;
import io.lorahub.engine.lora.config.CheckFinding;
import io.lorahub.engine.names.EnumNames;
import io.lorahub.upload.Upload;
import java.util.ArrayList;
import java.util.List;

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

    /** Informational findings of the checks that passed. */
    public List<CheckFinding> infos() {
        return passed.stream().flatMap(check -> check.findings().stream()).toList();
    }

    /** The findings of a check, with identical findings about several tensors grouped. */
    public List<FindingGroup> groups(CheckResult check) {
        return FindingGroup.of(check.findings());
    }

    /** Whether any check has a finding with this code. */
    public boolean found(String code) {
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
}
