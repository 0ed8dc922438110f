package io.lorahub.bench.search;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.lorahub.bench.report.BenchOutput;
import io.lorahub.engine.checkpoint.TemporaryFolder;
import io.lorahub.engine.learning.Example;
import io.lorahub.engine.learning.ExampleSet;
import io.lorahub.engine.learning.LearningSession;
import io.lorahub.engine.learning.export.ExportOptions;
import io.lorahub.engine.learning.export.ExportReport;
import io.lorahub.engine.learning.export.MergeExport;
import io.lorahub.engine.lora.LoraAdapter;
import io.lorahub.engine.model.AdapterBank;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;

/**
 * A mix as it is written, and read back.
 *
 * @param losslessRank  rank of the exact sum
 * @param relativeError norm of what compression drops, divided by the norm of ΔW
 * @param exactMatch    of the written adapter on the held-out examples, in percent
 */
record WrittenMix(
        int rank,
        @JsonProperty("lossless_rank") int losslessRank,
        @JsonProperty("relative_error") double relativeError,
        @JsonProperty("exact_match") double exactMatch) {

    static WrittenMix of(
            LearningSession session,
            double[] weights,
            ExportOptions options,
            ExampleSet fewShot,
            List<Example> heldOut) {
        try (TemporaryFolder folder =
                TemporaryFolder.createIn(Path.of(System.getProperty("java.io.tmpdir")), "lorahub-bench-")) {
            Path file = folder.path().resolve("adapter");
            ExportReport report = MergeExport.write(
                    session, weights, fewShot.examples(), options, r -> BenchOutput.JSON.createObjectNode(), file);
            try (LoraAdapter written = LoraAdapter.load("written", file);
                    AdapterBank bank = session.model().bankInPlace(written)) {
                TestedMix tested = TestedMix.of(session, bank, new double[] {1}, fewShot, heldOut);
                return new WrittenMix(
                        report.rank(), report.losslessRank(), report.relativeError(), tested.exactMatch());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
