package io.lorahub.engine.inspection;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.lorahub.engine.lora.config.CheckFinding;
import java.util.List;

/**
 * The result of one check.
 *
 * @param id    stable name of the check, for programs
 * @param title title of the check, for people
 * @param note  reason for skipping it, or other useful information; may be empty
 */
public record CheckResult(String id, String title, State state, String note, List<CheckFinding> findings) {

    public enum State {
        @JsonProperty("pending")
        PENDING,
        @JsonProperty("passed")
        PASSED,
        @JsonProperty("warned")
        WARNED,
        @JsonProperty("failed")
        FAILED,
        @JsonProperty("skipped")
        SKIPPED
    }

    /** Derives the state from the findings: failed, warned or passed. */
    public static CheckResult of(String id, String title, List<CheckFinding> findings) {
        State state = findings.stream()
                .map(f -> switch (f.severity()) {
                    case ERROR -> State.FAILED;
                    case WARNING -> State.WARNED;
                    case INFO -> State.PASSED;
                })
                .max(State::compareTo)
                .orElse(State.PASSED);
        return new CheckResult(id, title, state, "", List.copyOf(findings));
    }

    public static CheckResult pending(String id, String title) {
        return new CheckResult(id, title, State.PENDING, "", List.of());
    }

    public static CheckResult skipped(String id, String title, String why) {
        return new CheckResult(id, title, State.SKIPPED, why, List.of());
    }
}
