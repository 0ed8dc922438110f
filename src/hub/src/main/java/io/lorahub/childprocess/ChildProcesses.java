package io.lorahub.childprocess;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.lorahub.childprocess.ChildAbortedException.Reason;
import io.quarkus.runtime.ShutdownEvent;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;

/**
 * Processes that read untrusted files, each with its own memory, so that a file that exhausts it does not affect the
 * hub. A process is reused by the same program, because starting one takes most of the time of a small check.
 */
@ApplicationScoped
public class ChildProcesses {

    /** Gives pages priority over children, which still finish in time while runs use all cores. */
    private static final String NICENESS = "5";

    private static final List<String> KEPT_ENVIRONMENT = List.of("PATH", "LANG", "LC_ALL", "LC_CTYPE");

    /** Where DJL finds the native libraries. */
    private static final List<String> KEPT_FOR_DJL =
            List.of("DJL_CACHE_DIR", "ENGINE_CACHE_DIR", "PYTORCH_LIBRARY_PATH", "PYTORCH_VERSION", "PYTORCH_FLAVOR");

    private static final String SHELL = "/bin/sh";

    /** Its own first argument is the limit in units of 1024 bytes; systems without this limit ignore it. */
    private static final String LIMIT = "ulimit -d \"$0\" 2>/dev/null; exec \"$@\"";

    private static final int FIRST = 100;
    private static final String PACKAGED = "quarkus-run.jar";

    private final Set<ChildProcess> idle = new HashSet<>();
    private final Set<ChildProcess> busy = new HashSet<>();
    private boolean ended;

    /**
     * @param request an object that Jackson can write
     * @param type of the answer
     * @param deadline processor time that the answer may take; the time that passes meanwhile may be ten times as long
     * @param needed   called from time to time: whether the answer is still needed
     * @throws ChildAbortedException if there is no answer; the process has then been ended
     */
    public <A> A ask(ChildProgram program, Object request, Class<A> type, Duration deadline, BooleanSupplier needed) {
        ChildProcess process = take(program);
        boolean answered = false;
        try {
            A answer = ChildMain.JSON.treeToValue(process.ask(request, deadline, needed), type);
            answered = true;
            return answer;
        } catch (JsonProcessingException e) {
            throw new ChildAbortedException(Reason.CRASH, "Its answer is invalid.", e);
        } catch (ChildAbortedException e) {
            throw isEnded() ? new ChildAbortedException(Reason.SHUTDOWN, "The hub is shutting down.", e) : e;
        } finally {
            giveBack(process, answered);
        }
    }

    private synchronized ChildProcess take(ChildProgram program) {
        if (ended) throw new ChildAbortedException(Reason.SHUTDOWN, "The hub is shutting down.");
        List<ChildProcess> old =
                idle.stream().filter(process -> !process.isFresh()).toList();
        old.forEach(ChildProcess::close);
        idle.removeAll(old);
        ChildProcess process = idle.stream()
                .filter(one -> one.program().equals(program))
                .findFirst()
                .orElseGet(() -> ChildProcess.start(program, command(program), environment()));
        idle.remove(process);
        busy.add(process);
        return process;
    }

    private synchronized void giveBack(ChildProcess process, boolean answered) {
        busy.remove(process);
        // what native code has taken, it rarely gives back
        boolean reusable = answered && process.program().memory().isEmpty();
        if (reusable && !ended) idle.add(process);
        else process.close();
    }

    /** Processes that currently exist. */
    public synchronized List<ProcessHandle> handles() {
        return Stream.of(idle, busy)
                .flatMap(Set::stream)
                .map(ChildProcess::handle)
                .toList();
    }

    public synchronized boolean isBusy(ProcessHandle process) {
        return busy.stream().anyMatch(one -> one.handle().equals(process));
    }

    private synchronized boolean isEnded() {
        return ended;
    }

    /** Runs before the queue's threads are awaited. */
    public synchronized void stop(@Observes @Priority(FIRST) ShutdownEvent event) {
        ended = true;
        idle.forEach(ChildProcess::close);
        busy.forEach(ChildProcess::close);
        idle.clear();
    }

    public static List<String> command(ChildProgram program) {
        List<String> command = new ArrayList<>();
        nice().ifPresent(nice -> command.addAll(List.of(nice.toString(), "-n", NICENESS)));
        if (program.memory().isPresent() && Files.isExecutable(Path.of(SHELL))) {
            command.addAll(
                    List.of(SHELL, "-c", LIMIT, Long.toString(program.memory().getAsLong() / 1024)));
        }
        command.addAll(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx" + program.heap(),
                "-XX:MaxDirectMemorySize=" + program.heap(),
                "-XX:+UseSerialGC",
                "-XX:+ExitOnOutOfMemoryError",
                "-XX:+DisplayVMOutputToStderr",
                "-XX:ErrorFile=/dev/null",
                "-XX:-CreateCoredumpOnCrash",
                "-XX:-UsePerfData",
                "-Xshare:auto",
                "-Dfile.encoding=UTF-8",
                "-Djava.io.tmpdir=" + System.getProperty("java.io.tmpdir"),
                "-Duser.home=" + System.getProperty("user.home"),
                "-cp",
                classPath(System.getProperty("java.class.path")),
                program.main().getName()));
        return command;
    }

    private static Optional<Path> nice() {
        return Stream.of(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
                .filter(folder -> !folder.isEmpty())
                .map(folder -> Path.of(folder, "nice"))
                .filter(Files::isExecutable)
                .findFirst();
    }

    /** The packaged program's own jar only starts Quarkus; the classes are in a folder next to it. */
    public static String classPath(String own) {
        Path jar = Path.of(own.split(File.pathSeparator)[0]).toAbsolutePath();
        if (own.contains(File.pathSeparator) || !jar.endsWith(PACKAGED)) return own;
        return Stream.of("app", "lib/main", "lib/boot")
                .map(folder -> jar.resolveSibling(folder).resolve("*").toString())
                .reduce((a, b) -> a + File.pathSeparator + b)
                .orElseThrow();
    }

    private static Map<String, String> environment() {
        Map<String, String> environment = new HashMap<>();
        Stream.of(KEPT_ENVIRONMENT, KEPT_FOR_DJL)
                .flatMap(List::stream)
                .filter(name -> System.getenv(name) != null)
                .forEach(name -> environment.put(name, System.getenv(name)));
        environment.put("CUDA_VISIBLE_DEVICES", ""); // a GPU's memory has no such limits
        return environment;
    }
}
