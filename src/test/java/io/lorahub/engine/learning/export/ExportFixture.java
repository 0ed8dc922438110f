package io.lorahub.engine.learning.export;

import static io.lorahub.testsupport.AdapterBuilder.anAdapter;
import static io.lorahub.testsupport.ModelBuilder.aModel;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lorahub.engine.error.EngineException;
import io.lorahub.engine.learning.Example;
import io.lorahub.engine.learning.LearningOutcome;
import io.lorahub.engine.learning.LearningSession;
import io.lorahub.engine.learning.Scorer;
import io.lorahub.engine.lora.LoraAdapter;
import io.lorahub.engine.model.ComposedWeights;
import io.lorahub.engine.model.Compute;
import io.lorahub.engine.model.Precision;
import io.lorahub.engine.safetensors.TensorData;
import io.lorahub.testsupport.AdapterBuilder;
import io.lorahub.testsupport.DemoTask;
import io.lorahub.testsupport.Reference;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.Random;
import java.util.stream.Stream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

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
}
