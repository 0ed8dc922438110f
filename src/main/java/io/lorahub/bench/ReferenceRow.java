package io.lorahub.bench;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lorahub.engine.model.Precision;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;

/** What is compared with the published program. */
enum ReferenceRow {
    DEMO(c -> EvaluationComparison.demo(c).measure()),
    SMALL(c -> EvaluationComparison.equalLengths(c, "small", Precision.FLOAT32).measure()),
    BASE(c -> EvaluationComparison.equalLengths(c, "base", Precision.FLOAT32).measure()),
    LARGE(c -> EvaluationComparison.equalLengths(c, "large", Precision.FLOAT32).measure()),
    SMALL_BF16(c ->
            EvaluationComparison.equalLengths(c, "small", Precision.BFLOAT16).measure()),
    BASE_BF16(c ->
            EvaluationComparison.equalLengths(c, "base", Precision.BFLOAT16).measure()),
    UNEQUAL(c -> EvaluationComparison.unequalLengths(c, "small").measure()),
    RUN(c -> new WholeRunComparison(c).measure()),
    SHELL(c -> new ShellComparison(c).measure());

    private final Function<ReferenceContext, ObjectNode> measurement;

    ReferenceRow(Function<ReferenceContext, ObjectNode> measurement) {
        this.measurement = measurement;
    }

    ObjectNode measure(ReferenceContext context) {
        return measurement.apply(context);
    }

    String word() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    static Optional<ReferenceRow> named(String word) {
        return Arrays.stream(values()).filter(r -> r.word().equals(word)).findFirst();
    }

    static List<String> words() {
        return Arrays.stream(values()).map(ReferenceRow::word).toList();
    }
}
