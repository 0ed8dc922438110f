package io.lorahub.engine.lora;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonProperty;

/**
 * One thing that a check has to say of an adapter or a model.
 *
 * @param code    stable kebab-case name of the kind of finding, for programs
 * @param subject the tensor, configuration key or file that it is about
 * @param message what is wrong, with the value
 * @param fix     what to do about it; empty where nothing needs to be done
 */
public record CheckFinding(Severity severity, String code, String subject, String message, String fix) {

    /** An error makes the thing unusable, a warning may be meant so, an info is good to know. */
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
