package io.lorahub.serve;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.jna.Function;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Platform;
import io.lorahub.engine.checkpoint.TemporaryFolder;
import io.lorahub.engine.lora.merge.AtomicFolder;
import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** In a process of its own, for the signals. */
@Timeout(value = 2, unit = TimeUnit.MINUTES)
class TerminationTest {

    @TempDir
    Path folder;

    @ParameterizedTest
    @CsvSource({"INT, 130", "TERM, 143"})
    void the_destructors_of_libtorch_do_not_run_while_the_engine_is_at_work(String signal, int code) throws Exception {
        Process server = new ProcessBuilder(
                        "env",
                        "--default-signal=INT", // which a shell's background jobs ignore
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Computing.class.getName(),
                        folder.resolve("adapter").toString())
                .start();
        assertThat(server.inputReader().readLine()).isEqualTo("The engine is at work.");

        new ProcessBuilder("kill", "-" + signal, Long.toString(server.pid()))
                .start()
                .waitFor();

        assertThat(server.inputReader().readLine())
                .as("files of a server that is closing")
                .isEqualTo("1");
        assertThat(server.waitFor())
                .as(server.errorReader().lines().collect(Collectors.joining("\n")))
                .isEqualTo(code);
        assertThat(List.of(folder.toFile().list())).isEmpty();
    }

    /** As a server whose worker is in an evaluation that doesn't end. Abort takes the place of PyTorch's destructors. */
    static final class Computing {

        private Computing() {}

        public static void main(String[] arguments) throws Exception {
            NativeLibrary c = NativeLibrary.getInstance(Platform.C_LIBRARY_NAME);
            Function abort = c.getFunction("abort");
            c.getFunction("__cxa_atexit").invokeInt(new Object[] {abort, null, null});

            Termination termination = new Termination();
            termination.register();
            CountDownLatch begun = new CountDownLatch(1);
            Thread worker = new Thread(() -> AtomicFolder.write(Path.of(arguments[0]), false, target -> {
                begun.countDown();
                evaluate();
            }));
            worker.setDaemon(true);
            worker.start();
            begun.await();
            System.out.println("The engine is at work.");
            while (!termination.hasBegun()) Thread.onSpinWait();
            File folder = Path.of(arguments[0]).getParent().toFile();
            while (folder.list().length > 0 && !deletionWaits()) Thread.onSpinWait();
            System.out.println(folder.list().length);
            termination.closed();
        }

        private static boolean deletionWaits() {
            return Thread.getAllStackTraces().keySet().stream()
                    .anyMatch(thread ->
                            thread.getName().equals(TemporaryFolder.HOOK) && thread.getState() == Thread.State.WAITING);
        }

        private static void evaluate() throws IOException {
            try {
                new CountDownLatch(1).await();
            } catch (InterruptedException e) {
                throw new IOException(e);
            }
        }
    }
}
