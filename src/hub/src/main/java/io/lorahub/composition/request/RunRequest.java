package io.lorahub.composition.request;

import io.lorahub.composition.RunSpec;
import io.lorahub.engine.learning.Example;
import io.lorahub.web.FieldError;
import io.lorahub.web.SingleLineText;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * A request for a run. Null and empty values of a fork are taken from the run that it is forked from.
 *
 * @param title      null for that of the run that it is forked from; if blank, one is made from the first example
 * @param baseModel  name of the base model; empty for the one that the candidates share
 * @param candidates addresses such as {@code lab-a/un}, or with a version {@code lab-a/un@1.0.0}
 * @param faults     errors already found when the request was read
 */
public record RunRequest(
        String title,
        String description,
        Optional<String> baseModel,
        List<String> candidates,
        RunSpec spec,
        Optional<Fork> fork,
        List<FieldError> faults) {

    /** Length of a title that is made from an example. */
    private static final int MADE_TITLE = 60;

    /**
     * Another run whose base model, candidates and matching first evaluations are reused: if the search asks for known
     * weights, nothing is computed.
     *
     * @param evaluations number of evaluations, from 0 to all of them
     */
    public record Fork(UUID run, int evaluations) {}

    public RunRequest(
            String title, String description, Optional<String> baseModel, List<String> candidates, RunSpec spec) {
        this(title, description, baseModel, candidates, spec, Optional.empty(), List.of());
    }

    public RunRequest forkOf(UUID run, int evaluations) {
        return new RunRequest(
                title, description, baseModel, candidates, spec, Optional.of(new Fork(run, evaluations)), faults);
    }

    /** The title of the run; null for that of the run that it is forked from, empty if no example can give it one. */
    String titled() {
        if (title == null && fork.isPresent() || title != null && !title.isBlank()) return title;
        return spec.examples().stream()
                .filter(RunRequest::isComplete)
                .findFirst()
                .map(example -> SingleLineText.of(example.input() + " → " + example.output()))
                .map(text -> text.length() <= MADE_TITLE ? text : cut(text) + "…")
                .orElse("");
    }

    private static boolean isComplete(Example example) {
        return Stream.of(example.input(), example.output())
                .allMatch(text -> text != null && !text.isBlank() && PromptValidator.isText(text));
    }

    private static String cut(String text) {
        int end = Character.isHighSurrogate(text.charAt(MADE_TITLE - 1)) ? MADE_TITLE - 1 : MADE_TITLE;
        return text.substring(0, end).strip();
    }

    /** With further errors. */
    RunRequest with(List<FieldError> more) {
        List<FieldError> all = Stream.concat(faults.stream(), more.stream()).toList();
        return new RunRequest(title, description, baseModel, candidates, spec, fork, all);
    }
}
