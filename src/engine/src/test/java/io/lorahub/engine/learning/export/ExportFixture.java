package io.lorahub.engine.learning.export;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.lorahub.engine.learning.Example;
import io.lorahub.engine.learning.LearningOutcome;
import io.lorahub.engine.learning.LearningSession;
import io.lorahub.engine.learning.Scorer;
import io.lorahub.engine.lora.LoraAdapter;
import io.lorahub.engine.model.ComposedWeights;
import io.lorahub.engine.model.Compute;
import io.lorahub.testsupport.DemoTask;
import io.lorahub.testsupport.Reference;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;

/** What {@link MergeExportTest} and {@link FusedModelTest} share. */
abstract class ExportFixture {

    static final DemoTask TASK = DemoTask.named("un-past", 1);
    static final double[] WEIGHTS = {1, 0.9, -0.3};

    @TempDir
    Path folder;

    ExportReport write(LearningSession session, double[] weights, ExportOptions options) {
        return MergeExport.write(
                session, weights, TASK.fewShot(), options, report -> new ObjectMapper().createObjectNode(), out());
    }

    Path out() {
        return folder.resolve("merged");
    }

    static LearningSession session(ComposedWeights composition) {
        return DemoTask.session(composition, "un", "past", "upper");
    }

    static double[] losses(LearningSession session, List<Example> examples, double weight) {
        try (Scorer scorer = session.scorer(session.encode(examples))) {
            return scorer.outcomes(new double[] {weight}, false).stream()
                    .mapToDouble(LearningOutcome::loss)
                    .toArray();
        }
    }

    static double[] losses(LearningSession session, double[] weights) {
        try (Scorer scorer = session.scorer(session.encode(TASK.fewShot()))) {
            return scorer.outcomes(weights, false).stream()
                    .mapToDouble(LearningOutcome::loss)
                    .toArray();
        }
    }

    static LearningSession merged(Path path) {
        return LearningSession.open(
                Reference.demoHub("base"), List.of(LoraAdapter.load(path)), ComposedWeights.EXACT, Compute.cpu());
    }
}
