package io.lorahub.bench.reference;

import io.lorahub.bench.engine.RandomModel;
import io.lorahub.bench.report.BenchProgress;
import io.lorahub.engine.error.EngineException;
import io.lorahub.engine.lora.LoraAdapter;
import io.lorahub.engine.lora.merge.KeptModules;
import io.lorahub.engine.model.BaseModel;
import io.lorahub.engine.model.Precision;
import io.lorahub.engine.preset.ExportPreset;
import io.lorahub.engine.preset.FactorType;
import io.lorahub.engine.preset.PresetExport;
import io.lorahub.engine.preset.PresetOptions;
import io.lorahub.xdg.UserFolders;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import org.apache.commons.io.file.PathUtils;

/**
 * llama.cpp, built from the sources that the Python package llama-cpp-python has, and models in its format.
 *
 * @param python  with transformers, which llama.cpp's converter needs
 * @param sources with the converter
 * @param server  the program llama-server
 */
record LlamaCpp(PythonEnvironment python, Path sources, Path server) {

    private static final String PACKAGE = "llama-cpp-python";
    private static final String VERSION = "0.3.36";

    /** For the processor of this machine, and without what needs other libraries or a download. */
    private static final List<String> OPTIONS = List.of(
            "-DCMAKE_BUILD_TYPE=Release",
            "-DGGML_NATIVE=ON",
            "-DBUILD_SHARED_LIBS=OFF",
            "-DLLAMA_OPENSSL=OFF",
            "-DLLAMA_BUILD_TESTS=OFF",
            "-DLLAMA_BUILD_EXAMPLES=OFF",
            "-DLLAMA_BUILD_APP=OFF",
            "-DLLAMA_BUILD_UI=OFF",
            "-DLLAMA_USE_PREBUILT_UI=OFF");

    /** A base model and adapters for it, as GGUF files. */
    record Model(Path base, List<Path> adapters) {}

    /** Built into the cache folder at the first call. Throws UnavailableException if something is missing for that. */
    static LlamaCpp built(PythonEnvironment python, BenchProgress progress) {
        Path folder = UserFolders.cache().resolve("llama.cpp");
        String name = PACKAGE.replace('-', '_') + "-" + VERSION;
        Path sources = folder.resolve(name).resolve("vendor/llama.cpp");
        LlamaCpp built = new LlamaCpp(python, sources, folder.resolve("build/bin/llama-server"));
        Path mark = folder.resolve("built");
        String content = PACKAGE + "==" + VERSION + "\n" + String.join("\n", OPTIONS) + "\n";
        try {
            if (Files.isRegularFile(mark) && Files.readString(mark).equals(content)) return built;
            PythonEnvironment.run("llama.cpp is built with CMake, which is missing", List.of("cmake", "--version"));
            PythonEnvironment.run(
                    "llama.cpp is built with a C++ compiler, which is missing", List.of("c++", "--version"));
            progress.say("Building llama.cpp's server in %s, which takes some minutes".formatted(folder));
            if (Files.exists(folder)) PathUtils.deleteDirectory(folder);
            Files.createDirectories(folder);
            built.build(folder, folder.resolve(name + ".tar.gz"));
            Files.writeString(mark, content);
            return built;
        } catch (IOException e) {
            throw new UnavailableException(
                    "llama.cpp cannot be built in %s: %s.".formatted(folder, EngineException.reason(e)));
        }
    }

    private void build(Path folder, Path archive) {
        String interpreter = python.python().toString();
        List<String> download = new ArrayList<>(List.of(interpreter, "-m", "pip", "download", "--quiet"));
        download.addAll(List.of("--disable-pip-version-check", "--no-deps", "--no-binary", PACKAGE));
        download.addAll(List.of("--dest", folder.toString(), PACKAGE + "==" + VERSION));
        PythonEnvironment.run("llama.cpp's sources cannot be downloaded from PyPI", download);
        PythonEnvironment.run(
                "llama.cpp's sources cannot be unpacked",
                List.of(interpreter, "-m", "tarfile", "-e", archive.toString(), folder.toString()));
        String to = folder.resolve("build").toString();
        List<String> configure = new ArrayList<>(List.of("cmake", "-S", sources.toString(), "-B", to));
        configure.addAll(OPTIONS);
        PythonEnvironment.run("The build of llama.cpp cannot be configured", configure);
        String jobs = String.valueOf(Runtime.getRuntime().availableProcessors());
        PythonEnvironment.run(
                "llama.cpp's server cannot be built",
                List.of("cmake", "--build", to, "--target", server.getFileName().toString(), "--parallel", jobs));
    }

    /**
     * Converts a model with llama.cpp's converter and exports its adapters with ours, beside its other files. Later calls find
     * the files again.
     *
     * @param number of adapters
     */
    Model convert(RandomModel files, Precision precision, int number, BenchProgress progress) {
        String type = precision == Precision.FLOAT32 ? "f32" : "bf16";
        Path folder = files.folder().resolve("gguf-" + type);
        Path base = folder.resolve("base.gguf");
        try {
            Files.createDirectories(folder);
            if (!Files.exists(base)) {
                progress.say("Writing %s as GGUF to %s".formatted(files.shape().word(), folder));
                Path part = folder.resolve("base.part.gguf");
                python.output(
                        "gguf_base.py",
                        Map.of(),
                        List.of(sources.toString(), files.base().toString(), part.toString(), type));
                Files.move(part, base);
            }
        } catch (IOException e) {
            throw new EngineException("%s cannot be written: %s.".formatted(base, EngineException.reason(e)), e);
        }
        FactorType factors = precision == Precision.FLOAT32 ? FactorType.FLOAT32 : FactorType.BFLOAT16;
        PresetOptions options = new PresetOptions(OptionalInt.empty(), OptionalDouble.empty(), factors, false);
        List<Path> adapters = new ArrayList<>();
        for (Path source : LoraAdapter.list(files.adapters()).subList(0, number)) {
            Path written = folder.resolve(files.adapters().getFileName()).resolve(source.getFileName());
            if (!Files.exists(written)) export(files, source, options, written);
            adapters.add(written.resolve("adapter.gguf"));
        }
        return new Model(base, adapters);
    }

    private static void export(RandomModel files, Path source, PresetOptions options, Path folder) {
        try (LoraAdapter adapter = LoraAdapter.load(source)) {
            PresetExport.write(
                    adapter,
                    KeptModules.NONE,
                    Optional.of(BaseModel.config(files.base())),
                    "",
                    ExportPreset.LLAMA_CPP,
                    options,
                    folder);
        }
    }
}
