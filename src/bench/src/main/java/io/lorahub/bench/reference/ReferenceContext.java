package io.lorahub.bench.reference;

import io.lorahub.bench.engine.BenchSubject;
import io.lorahub.bench.report.BenchProgress;
import io.lorahub.engine.error.EngineException;
import io.lorahub.engine.model.Compute;
import io.lorahub.engine.model.Precision;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.apache.commons.io.file.PathUtils;

/**
 * What the rows of the comparison need.
 *
 * @param launcher how a shell starts LoraHub; null: as this process was started
 */
record ReferenceContext(
        PythonEnvironment environment,
        Path drivers,
        int threads,
        int rounds,
        List<String> launcher,
        BenchProgress progress)
        implements AutoCloseable {

    ReferenceContext(
            PythonEnvironment environment, int threads, int rounds, List<String> launcher, BenchProgress progress) {
        this(environment, PythonEnvironment.drivers(), threads, rounds, launcher, progress);
    }

    /** The published program's driver. */
    Path driver() {
        return drivers.resolve(PythonEnvironment.PUBLISHED);
    }

    PublishedProgram published() {
        return new PublishedProgram(environment, driver(), threads);
    }

    /** What evaluates the subject in Python. */
    PublishedProgram program(BenchSubject subject) {
        return subject.isDecoderOnly()
                ? new PublishedProgram(environment, drivers.resolve(PythonEnvironment.DECODER_ONLY), threads)
                : published();
    }

    Compute compute(Precision precision) {
        return new Compute(Optional.of("cpu"), Optional.of(precision), threads);
    }

    @Override
    public void close() {
        try {
            PathUtils.deleteDirectory(drivers);
        } catch (IOException e) {
            throw new EngineException("The temporary folder %s cannot be deleted.".formatted(e.getMessage()), e);
        }
    }
}
