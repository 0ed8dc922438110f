package io.lorahub.composition;

import io.lorahub.engine.learning.LearningSession;
import java.util.List;

/** Converts models' output to what the database can store. */
public final class RunPredictions {

    private RunPredictions() {}

    /** Predictions of a mix for inputs, see {@link LearningSession#predict}. */
    public static List<String> of(LearningSession session, List<String> inputs, double[] weights, int maxNewTokens) {
        return session.generation().predict(inputs, weights, maxNewTokens).stream()
                .map(RunPredictions::storable)
                .toList();
    }

    /** PostgreSQL's JSON can't contain null characters, which a model with byte tokens can write. */
    static String storable(String text) {
        return text.replace('\0', '\ufffd');
    }
}
