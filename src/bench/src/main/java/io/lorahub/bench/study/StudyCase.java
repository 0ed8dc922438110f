package io.lorahub.bench.study;

import io.lorahub.bench.search.TestedMix;
import io.lorahub.bench.study.StudyMethod.Reached;
import io.lorahub.demo.DemoTask;
import io.lorahub.engine.error.EngineException;
import io.lorahub.engine.learning.Example;
import io.lorahub.engine.learning.ExampleSet;
import io.lorahub.engine.learning.LearningSession;
import java.util.ArrayList;
import java.util.List;

/** A task with a draw of its examples, and the candidates in a session. */
record StudyCase(
        LearningSession session, DemoTask task, int draw, ExampleSet fewShot, List<Example> heldOut, int budget) {

    static StudyCase of(LearningSession session, DemoTask task, int draw, StudyCondition condition) {
        ExampleSet fewShot = session.encode(fewShot(task, draw, condition.examples()));
        return new StudyCase(session, task, draw, fewShot, task.heldOut(), condition.budget());
    }

    /** The same with other held-out examples. */
    StudyCase testedOn(List<Example> others) {
        return new StudyCase(session, task, draw, fewShot, others, budget);
    }

    /** Takes more examples than a draw has from the next draws. */
    static List<Example> fewShot(DemoTask task, int draw, int count) {
        List<Example> examples = new ArrayList<>();
        for (int i = 0; i < DemoTask.DRAWS; i++) {
            for (Example example : task.fewShot((draw - 1 + i) % DemoTask.DRAWS + 1)) {
                if (examples.size() < count && !examples.contains(example)) examples.add(example);
            }
        }
        if (examples.size() < count) {
            throw new EngineException("The task %s has %d different examples, but %d are wanted."
                    .formatted(task.name(), examples.size(), count));
        }
        return examples;
    }

    int candidates() {
        return session.candidates().size();
    }

    /** Tests weights of the candidates. */
    Reached reached(String row, double[] weights, int evaluations, double seconds) {
        TestedMix tested = TestedMix.of(session, session.bank(), weights, fewShot, heldOut);
        return new Reached(row, tested, evaluations, seconds);
    }
}
