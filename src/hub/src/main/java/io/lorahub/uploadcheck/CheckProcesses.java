package io.lorahub.uploadcheck;

import io.lorahub.uploadcheck.CheckAbortedException.Reason;
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
 * hub. A process is reused after a successful check, because starting one takes most of the time of a small check.
 */
@ApplicationScoped
public class CheckProcesses {

    /** Gives pages priority over checks, which still finish in time while runs use all cores. */
    private static final String NICENESS = "5";

    private static final List<String> KEPT_ENVIRONMENT = List.of("PATH", "LANG", "LC_ALL", "LC_CTYPE");
    private static final int FIRST = 100;
    private static final String PACKAGED = "quarkus-run.jar";

    private final UploadCheckConfig config;
    private final Set<CheckProcess> idle = new HashSet<>();
    private final Set<CheckProcess> busy = new HashSet<>();
    private boolean ended;

    CheckProcesses(UploadCheckConfig config) {
        this.config = config;
    }

    /**
     * @param deadline processor time that the check may take; the time that passes meanwhile may be ten times as long
     * @param wanted   called from time to time: whether the answer is still needed
     * @throws CheckAbortedException if there is no answer; the process has then been ended
     */
    CheckResponse check(CheckRequest request, Duration deadline, BooleanSupplier wanted) {
        CheckProcess process = take();
        boolean answered = false;
        try {
            CheckResponse answer = process.ask(request, deadline, wanted);
            answered = true;
            return answer;
        } catch (CheckAbortedException e) {
            throw isEnded() ? new CheckAbortedException(Reason.SHUTDOWN, "The hub is shutting down.", e) : e;
        } finally {
            giveBack(process, answered);
        }
    }

    /** @param bytes total size of the files */
    Duration deadline(long bytes) {
        return config.deadline()
                .plusSeconds(bytes / Math.max(1, config.bytesPerSecond().asLongValue()));
    }

    private synchronized CheckProcess take() {
        if (ended) throw new CheckAbortedException(Reason.SHUTDOWN, "The hub is shutting down.");
        List<CheckProcess> old =
                idle.stream().filter(process -> !process.isFresh()).toList();
        old.forEach(CheckProcess::close);
        idle.removeAll(old);
        CheckProcess process = idle.stream().findFirst().orElseGet(() -> CheckProcess.start(command(), environment()));
        idle.remove(process);
        busy.add(process);
        return process;
    }

    private synchronized void giveBack(CheckProcess process, boolean answered) {
        busy.remove(process);
        if (answered && !ended) idle.add(process);
        else process.close();
    }

    /** Processes that currently exist. */
    synchronized List<ProcessHandle> handles() {
        return Stream.of(idle, busy)
                .flatMap(Set::stream)
                .map(CheckProcess::handle)
                .toList();
    }

    synchronized boolean isBusy(ProcessHandle process) {
        return busy.stream().anyMatch(one -> one.handle().equals(process));
    }

    private synchronized boolean isEnded() {
        return ended;
    }

    /** Runs before the queue's threads are awaited. */
    synchronized void stop(@Observes @Priority(FIRST) ShutdownEvent event) {
        ended = true;
        idle.forEach(CheckProcess::close);
        busy.forEach(CheckProcess::close);
        idle.clear();
    }

    List<String> command() {
        long memory = config.memory().asLongValue();
        List<String> command = new ArrayList<>();
        nice().ifPresent(nice -> command.addAll(List.of(nice.toString(), "-n", NICENESS)));
        command.addAll(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx" + memory,
                "-XX:MaxDirectMemorySize=" + memory,
                "-XX:+UseSerialGC",
                "-XX:+ExitOnOutOfMemoryError",
                "-XX:-UsePerfData",
                "-Xshare:auto",
                "-Dfile.encoding=UTF-8",
                "-Djava.io.tmpdir=" + System.getProperty("java.io.tmpdir"),
                "-cp",
                classPath(System.getProperty("java.class.path")),
                CheckMain.class.getName()));
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
    static String classPath(String own) {
        Path jar = Path.of(own.split(File.pathSeparator)[0]).toAbsolutePath();
        if (own.contains(File.pathSeparator) || !jar.endsWith(PACKAGED)) return own;
        return Stream.of("app", "lib/main", "lib/boot")
                .map(folder -> jar.resolveSibling(folder).resolve("*").toString())
                .reduce((a, b) -> a + File.pathSeparator + b)
                .orElseThrow();
    }

    private static Map<String, String> environment() {
        Map<String, String> environment = new HashMap<>();
        for (String name : KEPT_ENVIRONMENT) {
            if (System.getenv(name) != null) environment.put(name, System.getenv(name));
        }
        return environment;
    }
}
