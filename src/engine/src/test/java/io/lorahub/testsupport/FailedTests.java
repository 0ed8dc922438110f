package io.lorahub.testsupport;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.TestPlan;

/**
 * Writes which tests have failed each time to the folder {@code target/failed-tests}, for {@code ./lorahub test}. Surefire
 * knows tests of a suite by the suite and their name only, so it takes one that fails and fails again for one that passed,
 * if another class has a test of that name, or inherits it.
 */
public final class FailedTests implements TestExecutionListener {

    /** Ids of tests and classes; of this JVM, which repeats what has failed. */
    private static final Set<String> FAILED = new ConcurrentSkipListSet<>();

    @Override
    public void executionFinished(TestIdentifier test, TestExecutionResult result) {
        if (result.getStatus() == TestExecutionResult.Status.FAILED) {
            FAILED.add(test.getUniqueId());
        } else {
            FAILED.remove(test.getUniqueId());
        }
    }

    @Override
    public void testPlanExecutionFinished(TestPlan plan) {
        Path file = Path.of(
                "target", "failed-tests", Long.toString(ProcessHandle.current().pid()));
        try {
            Files.createDirectories(file.getParent());
            if (FAILED.isEmpty()) Files.deleteIfExists(file);
            else Files.write(file, FAILED);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
