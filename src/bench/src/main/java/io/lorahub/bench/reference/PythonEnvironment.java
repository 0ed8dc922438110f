package io.lorahub.bench.reference;

import io.lorahub.bench.report.BenchProgress;
import io.lorahub.engine.error.EngineException;
import io.lorahub.xdg.UserFolders;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.commons.io.file.PathUtils;

/** A Python with the published program. */
public record PythonEnvironment(Path python) {

    private static final List<String> PACKAGES = List.of(
            "torch==2.7.1", "transformers==4.57.6", "peft==0.21.2", "nevergrad==1.0.12", "datasets<4.9", "pandas");

    static final String PUBLISHED = "reference.py";
    static final String DECODER_ONLY = "decoder_only.py";
    static final String SERVING = "serving.py";

    private static final List<String> SCRIPTS =
            List.of("driver.py", PUBLISHED, DECODER_ONLY, SERVING, "trained_lora.py", "weight_search.py");

    /** Without its dependencies, whose versions no longer work together. */
    private static final String PROGRAM = "lorahub==0.1.0";

    /** In a folder with a virtual environment. Throws UnavailableException if there is none. */
    public static PythonEnvironment at(Path folder) {
        for (String place : List.of("bin/python", "Scripts/python.exe")) {
            if (Files.isExecutable(folder.resolve(place))) {
                return new PythonEnvironment(folder.resolve(place));
            }
        }
        throw new UnavailableException("There is no Python environment in %s.".formatted(folder));
    }

    /** Installed into the cache folder at the first call. */
    static PythonEnvironment installed(BenchProgress progress) {
        Path folder = UserFolders.cache().resolve("reference-venv");
        Path mark = folder.resolve("lorahub-installed");
        String content = String.join("\n", PACKAGES) + "\n" + PROGRAM + "\n";
        try {
            if (Files.isRegularFile(mark) && Files.readString(mark).equals(content)) {
                return at(folder);
            }
            progress.say("Installing the published program from PyPI into %s (about 5 GB)".formatted(folder));
            Files.createDirectories(folder.getParent());
            run(
                    "There is no Python 3 that can make a virtual environment",
                    List.of("python3", "-m", "venv", folder.toString()));
            PythonEnvironment environment = at(folder);
            String python = environment.python.toString();
            List<String> install = new ArrayList<>(List.of(python, "-m", "pip", "install", "--quiet"));
            install.addAll(PACKAGES);
            run("What the published program needs cannot be installed", install);
            run(
                    "The published program cannot be installed",
                    List.of(python, "-m", "pip", "install", "--quiet", "--no-deps", PROGRAM));
            Files.writeString(mark, content);
            return environment;
        } catch (IOException e) {
            throw new UnavailableException(
                    "The published program cannot be installed into %s: %s.".formatted(folder, e.getMessage()));
        }
    }

    /**
     * Runs a script of the folder {@code bench} in the resources to its end. Throws UnavailableException with its last line
     * if it fails.
     *
     * @param variables of its environment, beside the user's
     * @return what it printed, without the last line break
     */
    public String output(String script, Map<String, String> variables, List<String> arguments) {
        try {
            Path folder = Files.createTempDirectory("lorahub-script-");
            try (InputStream in = PythonEnvironment.class.getResourceAsStream("/bench/" + script)) {
                Path file = folder.resolve(script);
                Files.copy(in, file);
                List<String> command = new ArrayList<>(List.of(python.toString(), file.toString()));
                command.addAll(arguments);
                return run(script + " failed", command, variables);
            } finally {
                PathUtils.deleteDirectory(folder);
            }
        } catch (IOException e) {
            throw new EngineException("%s cannot be written for Python: %s".formatted(script, e.getMessage()), e);
        }
    }

    /** Throws UnavailableException with the last line of the output if a program cannot be started or fails. */
    static void run(String failure, List<String> command) {
        run(failure, command, Map.of());
    }

    private static String run(String failure, List<String> command, Map<String, String> variables) {
        try {
            ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
            builder.environment().putAll(variables);
            Process process = builder.start();
            process.getOutputStream().close();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
            if (process.waitFor() != 0) {
                String last = output.substring(output.lastIndexOf('\n') + 1);
                throw new UnavailableException("%s: %s".formatted(failure, last.endsWith(".") ? last : last + "."));
            }
            return output;
        } catch (IOException e) {
            throw new UnavailableException("%s: %s.".formatted(failure, e.getMessage()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new EngineException("The installation was interrupted.", e);
        }
    }

    /** A folder with copies of the programs outside the jar, for Python to read. The caller deletes it. */
    static Path drivers() {
        try {
            Path folder = Files.createTempDirectory("lorahub-reference-");
            for (String name : SCRIPTS) {
                try (InputStream in = PythonEnvironment.class.getResourceAsStream("/bench/" + name)) {
                    Files.copy(in, folder.resolve(name));
                }
            }
            return folder;
        } catch (IOException e) {
            throw new EngineException("The Python programs of the benches cannot be written: " + e.getMessage(), e);
        }
    }
}
