package io.lorahub.bench;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lorahub.demo.DemoHub;
import io.lorahub.engine.lora.LoraAdapter;
import io.lorahub.engine.model.AdapterBank;
import io.lorahub.engine.model.BaseModel;
import io.lorahub.engine.model.ComposedWeights;
import io.lorahub.engine.model.Examples;
import io.lorahub.engine.model.Precision;
import io.lorahub.engine.model.T5Model;
import io.lorahub.engine.model.Tokenizer;
import java.util.ArrayList;
import java.util.List;

/** One evaluation of the objective by both programs, in turn, on the same weights, examples and mixes. */
record EvaluationComparison(
        ReferenceContext context, BenchSubject subject, Precision precision, TokenExamples examples) {

    private static final int INPUT_TOKENS = 128;

    private static final double TOLERANCE = 1e-4;

    /** The published program rounds its loss of about 11 to bfloat16, in steps of 1/16. */
    private static final double TOLERANCE_BFLOAT16 = 6.25e-2;

    static EvaluationComparison demo(ReferenceContext context) {
        DemoHub hub = DemoHub.open();
        BenchSubject subject = BenchSubject.prepare(BenchSubject.DEMO, context.progress());
        try (Tokenizer tokenizer = Tokenizer.open(subject.base())) {
            List<int[]> inputs = new ArrayList<>();
            List<int[]> labels = new ArrayList<>();
            hub.tasks().get(0).fewShot(1).forEach(e -> {
                inputs.add(tokenizer.encode(e.input()));
                labels.add(tokenizer.encode(e.output()));
            });
            return new EvaluationComparison(context, subject, Precision.FLOAT32, new TokenExamples(inputs, labels));
        }
    }

    static EvaluationComparison equalLengths(ReferenceContext context, String shape, Precision precision) {
        return new EvaluationComparison(
                context,
                BenchSubject.prepare(shape, context.progress()),
                precision,
                TokenExamples.ofLength(ModelShape.VOCABULARY, INPUT_TOKENS));
    }

    static EvaluationComparison unequalLengths(ReferenceContext context, String shape) {
        return new EvaluationComparison(
                context,
                BenchSubject.prepare(shape, context.progress()),
                Precision.FLOAT32,
                TokenExamples.unequal(ModelShape.VOCABULARY));
    }

    ObjectNode measure() {
        List<LoraAdapter> adapters = LoraAdapter.loadAll(subject.adapters());
        try (BaseModel base = BaseModel.open(subject.base());
                T5Model model = T5Model.load(base, context.compute(precision));
                AdapterBank factor = model.bank(adapters, ComposedWeights.FACTOR);
                AdapterBank exact = model.bank(adapters, ComposedWeights.EXACT);
                Examples packed = model.examples(examples.inputs(), examples.labels());
                EvaluationTurn turn = new EvaluationTurn(this, model, factor, exact, packed)) {
            turn.take(0);
            turn.forgetTimes();
            for (int round = 1; round <= context.rounds(); round++) {
                turn.take(round);
            }
            return turn.result();
        } finally {
            adapters.forEach(LoraAdapter::close);
        }
    }

    /** Evaluations that a program makes before the other has its turn. */
    int inARow() {
        return subject.name().equals(BenchSubject.DEMO) ? 8 : 1;
    }

    double tolerance() {
        return precision == Precision.FLOAT32 ? TOLERANCE : TOLERANCE_BFLOAT16;
    }
}
