package io.lorahub.engine.learning;

import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.lorahub.engine.error.EngineException;
import io.lorahub.engine.lora.LoraAdapter;
import io.lorahub.engine.model.ComposedWeights;
import io.lorahub.engine.model.Compute;
import io.lorahub.testsupport.Reference;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A base model whose last tensor, the embedding, is NaN. */
class NonFiniteBaseTest {

    private static final List<Example> EXAMPLES = List.of(new Example("motif", "unmotifed"));

    @TempDir
    Path folder;

    private LearningSession session;

    @BeforeEach
    void open() throws IOException {
        try (Stream<Path> files = Files.list(Reference.demoHub("base"))) {
            for (Path file : files.toList()) {
                Files.copy(file, folder.resolve(file.getFileName()));
            }
        }
        try (RandomAccessFile weights =
                new RandomAccessFile(folder.resolve("model.safetensors").toFile(), "rw")) {
            byte[] last = new byte[96 * 128 * Float.BYTES];
            Arrays.fill(last, (byte) 0xff);
            weights.seek(weights.length() - last.length);
            weights.write(last);
        }
        session = LearningSession.open(
                folder,
                List.of(LoraAdapter.load(Reference.demoHub("adapters/un"))),
                ComposedWeights.EXACT,
                Compute.cpu());
    }

    @AfterEach
    void close() {
        session.close();
    }

    @Test
    void nothing_is_learned_on_it() {
        assertThatExceptionOfType(EngineException.class)
                .isThrownBy(() -> new LearningRun(session, session.encode(EXAMPLES), LearningSettings.DEFAULT).run())
                .withMessageContaining("on these examples isn't finite");
    }

    @Test
    void nothing_is_scored_or_written_with_it() {
        try (Scorer scorer = session.scorer(session.encode(EXAMPLES))) {
            assertThatExceptionOfType(EngineException.class)
                    .isThrownBy(() -> scorer.outcomes(new double[] {1}, true))
                    .withMessageContaining("isn't finite");
        }
        assertThatExceptionOfType(EngineException.class)
                .isThrownBy(() -> session.generation().predict(List.of("motif"), new double[] {1}, 8))
                .withMessageContaining("aren't finite numbers");
    }
}
