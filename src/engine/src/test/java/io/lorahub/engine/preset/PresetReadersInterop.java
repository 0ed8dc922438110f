package io.lorahub.engine.preset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.lorahub.testsupport.Checkout;
import io.lorahub.testsupport.Reference;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Exports as the stock readers see them, beside PEFT: {@code gguf} for llama.cpp and Ollama, {@code mlx-lm} for MLX.
 * {@code ./lorahub test --interop} installs them.
 */
class PresetReadersInterop {

    private static final Path SCRIPTS = Checkout.path("src/interop");
    private static final Path INSTALLED = Path.of(System.getProperty("lorahub.interop"));
    private static final Pattern DIFFERENCE = Pattern.compile("largest difference (\\S+?)[,\\s]");

    @TempDir
    Path folder;

    @Test
    void gguf_and_mlx_lm_read_what_PEFT_reads() throws Exception {
        Path gguf = folder.resolve("gguf");
        Path mlx = folder.resolve("mlx");
        ReferenceExports.export("llama", "b", ExportPreset.LLAMA_CPP, PresetOptions.standard(), gguf);
        ReferenceExports.export("llama", "b", ExportPreset.MLX, PresetOptions.standard(), mlx);
        Path logits = folder.resolve("logits.npy");
        Path base = Reference.path("causal/models/llama");

        assertThat(difference(
                        "python",
                        "gguf_read.py",
                        base,
                        Reference.path("causal/adapters/llama/b"),
                        gguf.resolve("adapter.gguf"),
                        logits))
                .isLessThan(1e-5);

        assumeTrue(Files.exists(INSTALLED.resolve("mlx/bin/python")), "mlx-lm doesn't install on this machine.");
        assertThat(difference("mlx", "mlx_read.py", base, mlx, logits)).isLessThan(1e-4);
    }

    private static double difference(String environment, String script, Path... arguments)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(
                INSTALLED.resolve(environment).resolve("bin/python").toString(),
                SCRIPTS.resolve(script).toString()));
        for (Path argument : arguments) command.add(argument.toString());
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes());
        assertThat(process.waitFor()).as(output).isZero();
        Matcher matcher = DIFFERENCE.matcher(output);
        assertThat(matcher.find()).as(output).isTrue();
        return Double.parseDouble(matcher.group(1));
    }
}
