package io.lorahub.testsupport;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.support.descriptor.ClassSource;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;

/**
 * Writes what each test class takes to the file that the property {@value #FILE} names, for {@code ./lorahub test
 * --profile}: a line of tab-separated columns with the class, its seconds, and the seconds of processor time that this JVM
 * used meanwhile. What the application of a Quarkus test takes to start belongs to the first class that uses it.
 */
public final class TestTimes implements TestExecutionListener {

    private static final String FILE = "lorahub.test.times";

    private final String file = System.getProperty(FILE);
    private final OperatingSystemMXBean system = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    private final Map<String, long[]> begun = new HashMap<>();

    @Override
    public void executionStarted(TestIdentifier test) {
        if (file != null && isClass(test)) {
            begun.put(test.getUniqueId(), new long[] {System.nanoTime(), system.getProcessCpuTime()});
        }
    }

    @Override
    public void executionFinished(TestIdentifier test, TestExecutionResult result) {
        long[] begin = begun.remove(test.getUniqueId());
        if (begin == null) return;
        String line = String.format(
                Locale.ROOT,
                "%s\t%.2f\t%.2f%n",
                ((ClassSource) test.getSource().orElseThrow()).getClassName(),
                (System.nanoTime() - begin[0]) / 1e9,
                (system.getProcessCpuTime() - begin[1]) / 1e9);
        try {
            Files.writeString(Path.of(file), line, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static boolean isClass(TestIdentifier test) {
        return test.getSource()
                .filter(source -> source instanceof ClassSource type
                        && !type.getClassName().endsWith("Suite"))
                .isPresent();
    }
}
