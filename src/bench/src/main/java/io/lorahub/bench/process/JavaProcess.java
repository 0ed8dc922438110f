package io.lorahub.bench.process;

import io.lorahub.engine.error.EngineException;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A second Java virtual machine with the flags and the class path of this one. */
public final class JavaProcess {

    /** As the launcher starts a server. */
    public static final List<String> SERVER_FLAGS =
            List.of("-Xmx512m", "-Dfile.encoding=UTF-8", "-Djava.util.logging.manager=org.jboss.logmanager.LogManager");

    private static final Pattern USED_HEAP = Pattern.compile("total \\d+K, used (\\d+)K");
    private static final Pattern USED_CODE = Pattern.compile("^Code.* used=(\\d+)Kb", Pattern.MULTILINE);

    private JavaProcess() {}

    /** A program in a jar, with flags of its own. */
    public static List<String> command(List<String> flags, Path jar, String... arguments) {
        List<String> command = new ArrayList<>();
        command.add(tool("java"));
        command.addAll(flags);
        command.addAll(List.of("-jar", jar.toString()));
        command.addAll(Arrays.asList(arguments));
        return command;
    }

    /** A class of ours, with flags of its own. */
    public static List<String> command(List<String> flags, Class<?> main, String... arguments) {
        return command(flags, System.getProperty("java.class.path"), main.getName(), arguments);
    }

    /** A class of a class path, with flags of its own. */
    public static List<String> command(List<String> flags, String classPath, String main, String... arguments) {
        List<String> command = new ArrayList<>();
        command.add(tool("java"));
        command.addAll(flags);
        command.addAll(List.of("-cp", classPath, main));
        command.addAll(Arrays.asList(arguments));
        return command;
    }

    /** A program of this JDK; a runtime lacks some. */
    static String tool(String name) {
        return Path.of(System.getProperty("java.home"), "bin", name).toString();
    }

    public static List<String> command(Class<?> main, String... arguments) {
        List<String> command = new ArrayList<>();
        command.add(tool("java"));
        // an agent, such as one for test coverage, would be measured as well
        ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                .filter(a -> !a.startsWith("-javaagent") && !a.startsWith("-agent"))
                .forEach(command::add);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
        command.addAll(Arrays.asList(arguments));
        return command;
    }

    /** What it prints on standard output; its standard error is ours. */
    public static String run(List<String> command) {
        try {
            Process process =
                    new ProcessBuilder(command).redirectError(Redirect.INHERIT).start();
            process.getOutputStream().close();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            int code = process.waitFor();
            if (code != 0) {
                throw new EngineException(
                        "The process \"%s\" ended with the exit code %d.".formatted(String.join(" ", command), code));
            }
            return output;
        } catch (IOException e) {
            throw new EngineException(
                    "The process \"%s\" cannot be started: %s.".formatted(command.get(0), e.getMessage()), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new EngineException("The measurement was interrupted.", e);
        }
    }

    /** The heap of another Java process after a full collection, in bytes; empty if there is no jcmd. */
    public static Optional<Long> liveHeap(long pid) {
        try {
            run(List.of(tool("jcmd"), Long.toString(pid), "GC.run"));
        } catch (EngineException e) {
            return Optional.empty();
        }
        return sum(pid, "GC.heap_info", USED_HEAP);
    }

    /** The code that another Java process has compiled so far, in bytes; empty if there is no jcmd. */
    public static Optional<Long> compiledCode(long pid) {
        return sum(pid, "Compiler.codecache", USED_CODE);
    }

    private static Optional<Long> sum(long pid, String question, Pattern kilobytes) {
        try {
            Matcher parts = kilobytes.matcher(run(List.of(tool("jcmd"), Long.toString(pid), question)));
            return Optional.of(parts.results()
                            .mapToLong(part -> Long.parseLong(part.group(1)))
                            .sum()
                    << 10);
        } catch (EngineException e) {
            return Optional.empty();
        }
    }
}
