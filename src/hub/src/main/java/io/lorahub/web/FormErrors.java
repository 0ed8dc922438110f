package io.lorahub.web;

import jakarta.ws.rs.core.Response;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** The errors of a submitted form, for showing the form again with the values that were typed. */
public final class FormErrors {

    public static final FormErrors NONE = new FormErrors(List.of());

    private final List<FieldError> causes;
    private final Map<String, String> byField = new LinkedHashMap<>();

    private FormErrors(List<FieldError> causes) {
        this.causes = List.copyOf(causes);
        for (FieldError cause : causes) byField.merge(cause.field(), cause.message(), (a, b) -> a + " " + b);
    }

    public static FormErrors of(List<FieldError> causes) {
        return new FormErrors(causes);
    }

    /** Collects the causes of a problem; a problem without causes becomes a message above the form. */
    public static FormErrors of(ProblemException problem) {
        return of(problem.causes().isEmpty() ? List.of(new FieldError(problem.getMessage())) : problem.causes());
    }

    public static FormErrors of(String field, String message) {
        return new FormErrors(List.of(new FieldError(field, message)));
    }

    /** Shows the form again after a service rejected it. */
    public static Response show(ProblemException problem, Function<FormErrors, Object> page) {
        return Response.status(problem.status()).entity(page.apply(of(problem))).build();
    }

    public boolean isEmpty() {
        return causes.isEmpty();
    }

    /** The message below the field, or an empty text. */
    public String of(String field) {
        return byField.getOrDefault(field, "");
    }

    /** Whether the cursor belongs in this field. */
    public boolean isFirst(String field) {
        return !isEmpty() && causes.get(0).field().equals(field);
    }

    /** Messages that concern no single field. */
    public List<String> getUnnamed() {
        return causes.stream()
                .filter(cause -> cause.field().isEmpty())
                .map(FieldError::message)
                .toList();
    }

    /** The title line above the form. */
    public String getTitle() {
        long fields =
                byField.keySet().stream().filter(field -> !field.isEmpty()).count();
        if (fields == 0) return "This could not be saved.";
        return fields == 1 ? "One field needs a change." : fields + " fields need a change.";
    }
}
