package io.lorahub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import com.code_intelligence.jazzer.Jazzer;
import com.code_intelligence.jazzer.junit.FuzzTest;
import io.lorahub.bench.process.JavaProcess;
import io.lorahub.testsupport.Checkout;
import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Each fuzz test in a process of its own, with inputs that Jazzer makes. What it finds lies in {@code src/test/resources} of
 * the test's module afterwards, and from then on the test reads it in every run.
 */
@Tag("fuzz")
class FuzzIT {

    /** Of all tests together; {@code -Dlorahub.fuzz.seconds=3600} takes an hour. */
    private static final int SECONDS = Integer.getInteger("lorahub.fuzz.seconds", 240);

    /** Longest time for one input. Instrumented code takes several times as long, on a busy machine more. */
    private static final int LONGEST_SECONDS = 30;

    /** Patterns of adapters are foreign, and bounded in time. */
    private static final String PATTERNS = "com.code_intelligence.jazzer.sanitizers.RegexInjection";

    /** Each with its module's folder. */
    static List<Arguments> fuzzTests() throws IOException, ClassNotFoundException {
        List<Arguments> tests = new ArrayList<>();
        for (String module : List.of("engine", "hub")) {
            Path folder = Checkout.path("src/" + module);
            Path sources = folder.resolve("src/test/java");
            List<Path> files;
            try (Stream<Path> all = Files.walk(sources)) {
                files = all.filter(file -> file.toString().endsWith("FuzzTest.java"))
                        .sorted()
                        .toList();
            }
            for (Path file : files) {
                String name =
                        sources.relativize(file).toString().replace(".java", "").replace('/', '.');
                Arrays.stream(Class.forName(name, false, FuzzIT.class.getClassLoader())
                                .getDeclaredMethods())
                        .filter(method -> method.isAnnotationPresent(FuzzTest.class))
                        .map(Method::getName)
                        .sorted()
                        .forEach(method -> tests.add(arguments(folder, name, method)));
            }
        }
        return tests;
    }

    @ParameterizedTest(name = "{1}#{2}")
    @MethodSource("fuzzTests")
    void a_reader_keeps_its_promises(Path module, String type, String method) throws Exception {
        int seconds = Math.max(1, SECONDS / fuzzTests().size());
        Path corpus = Files.createDirectories(module.resolve("target/fuzz/" + type + "/" + method));
        Path log = corpus.resolveSibling(method + ".log");
        List<String> command = JavaProcess.command(
                List.of("-Xmx1g", "-XX:+UseSerialGC", "-Dai.djl.offline=true"),
                Jazzer.class,
                "--target_class=" + type,
                "--target_method=" + method,
                "--instrumentation_includes=io.lorahub.**",
                "--custom_hook_includes=io.lorahub.**",
                "--disabled_hooks=" + PATTERNS,
                "--reproducer_path=" + corpus.getParent(),
                corpus.toString(),
                "-max_total_time=" + seconds,
                "-timeout=" + LONGEST_SECONDS);

        Process process = new ProcessBuilder(command)
                .directory(module.toFile())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        try {
            assertThat(process.waitFor(seconds + 10L * LONGEST_SECONDS, TimeUnit.SECONDS))
                    .as("ended; see %s", log)
                    .isTrue();
        } finally {
            process.destroyForcibly();
        }

        String printed = Files.readString(log);
        assertThat(process.exitValue()).as("%s", tail(printed)).isZero();
        assertThat(printed).as("inputs were tried").contains("Done ");
    }

    private static String tail(String text) {
        return text.substring(Math.max(0, text.length() - 6000));
    }
}
