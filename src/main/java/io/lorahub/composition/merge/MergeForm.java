package io.lorahub.composition.merge;

import io.lorahub.web.FieldError;
import jakarta.ws.rs.FormParam;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** The form of a merge as it was typed, so that it can be shown again. */
public class MergeForm {

    @FormParam("candidate")
    List<String> candidates = List.of();

    /** One for each candidate; an empty one leaves it out. */
    @FormParam("weight")
    List<String> weights = List.of();

    @FormParam("method")
    String method;

    @FormParam("density")
    String density;

    @FormParam("majority_sign_method")
    String sign;

    @FormParam("seed")
    String seed;

    @FormParam("rank")
    String rank;

    /** Each candidate with weight 1. */
    static MergeForm of(List<String> candidates) {
        MergeForm form = new MergeForm();
        form.candidates = candidates;
        form.weights = candidates.stream().map(address -> "1").toList();
        return form;
    }

    /** A line of the form. */
    public record Row(String address, String weight) {}

    public List<Row> rows() {
        List<Row> rows = new ArrayList<>();
        for (int i = 0; i < candidates.size(); i++) {
            rows.add(new Row(candidates.get(i), i < weights.size() ? weights.get(i) : ""));
        }
        return rows;
    }

    public String getMethod() {
        return method == null ? "cat" : method;
    }

    public String getDensity() {
        return density;
    }

    public String getSign() {
        return sign == null ? "" : sign;
    }

    public String getSeed() {
        return seed;
    }

    public String getRank() {
        return rank;
    }

    MergeRequest request() {
        List<FieldError> faults = new ArrayList<>();
        List<String> adapters = new ArrayList<>();
        List<Double> numbers = new ArrayList<>();
        for (Row row : rows()) {
            if (row.weight().isBlank()) continue;
            adapters.add(row.address());
            numbers.add(number("weights", row.weight(), MergeForm::decimal, "numbers such as 0.75", faults));
        }
        return new MergeRequest(
                adapters,
                numbers,
                empty(method) ? null : method,
                number("density", density, MergeForm::decimal, "a number above 0 and at most 1, such as 0.5", faults),
                empty(sign) ? null : sign,
                number("seed", seed, Long::valueOf, "a whole number, such as 42", faults),
                number("rank", rank, Integer::valueOf, "a whole number, such as 16", faults),
                faults);
    }

    private static boolean empty(String text) {
        return text == null || text.isBlank();
    }

    private static Double decimal(String text) {
        return Double.valueOf(text.replace(',', '.'));
    }

    /** null if it is empty, or can't be read. */
    private static <T> T number(
            String field, String typed, Function<String, T> parse, String wanted, List<FieldError> faults) {
        if (empty(typed)) return null;
        try {
            return parse.apply(typed.strip().replace('−', '-'));
        } catch (NumberFormatException e) {
            FieldError fault = new FieldError(field, "Use %s.".formatted(wanted));
            if (!faults.contains(fault)) faults.add(fault);
            return null;
        }
    }
}
