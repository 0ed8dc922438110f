package io.lorahub.web;

import java.util.Locale;
import java.util.function.Supplier;

/** Renames the fields in a problem's causes to their JSON names. */
public final class ApiCauses {

    private ApiCauses() {}

    public static <T> T named(Supplier<T> call) {
        try {
            return call.get();
        } catch (ProblemException e) {
            if (e.causes().isEmpty()) throw e;
            throw ProblemException.invalid(e.causes().stream()
                    .map(cause -> new FieldError(name(cause.field()), cause.message()))
                    .toList());
        }
    }

    /** Uses the field names of the card form. */
    public static ProblemException ofForm(ProblemException problem) {
        if (problem.causes().stream().noneMatch(cause -> cause.field().equals("label"))) return problem;
        return ProblemException.invalid(problem.causes().stream()
                .map(cause -> cause.field().equals("label") ? new FieldError("version", cause.message()) : cause)
                .toList());
    }

    /** Maps {@code trainingData} to training_data. */
    private static String name(String field) {
        return field.equals("label")
                ? "version"
                : field.replaceAll("([A-Z])", "_$1").toLowerCase(Locale.ROOT);
    }
}
