package io.lorahub.engine.lora.config;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonProperty;

/**
 * One finding about an adapter or a model.
 *
 * @param code    stable kebab-case name of the kind of finding, for programs
 * @param subject the affected tensor, configuration key or file
 * @param message description of the fault, with the value
 * @param fix     what to do about it; empty if no action is needed
 */
public record CheckFinding(Severity severity, String code, String subject, String message, String fix) {

    /** An error makes the adapter or model unusable, a warning may be intended, and an info is only useful to know. */
    public enum Severity {
        @JsonProperty("error")
        ERROR,
        @JsonProperty("warning")
        WARNING,
        @JsonProperty("info")
        INFO
    }

    public static CheckFinding error(String code, String subject, String message, String fix) {
        return new CheckFinding(Severity.ERROR, code, subject, message, fix);
    }

    public static CheckFinding warning(String code, String subject, String message, String fix) {
        return new CheckFinding(Severity.WARNING, code, subject, message, fix);
    }

    public static CheckFinding info(String code, String subject, String message) {
        return new CheckFinding(Severity.INFO, code, subject, message, "");
    }

    @JsonIgnore
    public boolean isError() {
        return severity == Severity.ERROR;
    }

    /** Message and fix as one line of text. */
    public String sentence() {
        return fix.isEmpty() ? message : message + " " + fix;
    }
}
