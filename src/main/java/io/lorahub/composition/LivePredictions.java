package io.lorahub.composition;

import io.lorahub.engine.learning.EvaluationRecord;
import io.lorahub.engine.learning.Example;
import io.lorahub.engine.learning.LearningSession;
import io.lorahub.engine.learning.RunListener;
import java.util.List;
import java.util.function.Consumer;

/** What the best so far says for the few-shot examples, for who watches; it takes a small share of the run's time. */
final class LivePredictions implements RunListener {

    private static final double SHARE = 0.1;

    private final LearningSession session;
    private final List<String> inputs;
    private final int maxNewTokens;
    private final Consumer<List<String>> receiver;
    private final long started = System.nanoTime();
    private long taken;
    private EvaluationRecord shown;

    LivePredictions(LearningSession session, RunSpec spec, Consumer<List<String>> receiver) {
        this.session = session;
        this.inputs = spec.examples().stream().map(Example::input).toList();
        this.maxNewTokens = spec.maxNewTokens();
        this.receiver = receiver;
    }

    @Override
    public void evaluated(List<EvaluationRecord> records, EvaluationRecord best, int spent) {
        long now = System.nanoTime();
        if (best == shown || taken > SHARE * (now - started)) return;
        shown = best;
        receiver.accept(session.predict(inputs, best.weights(), maxNewTokens));
        taken += System.nanoTime() - now;
    }
}
