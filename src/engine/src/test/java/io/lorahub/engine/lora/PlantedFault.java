package io.lorahub.engine.lora;

import static org.assertj.core.api.Assertions.assertThat;

import io.lorahub.engine.lora.config.CheckFinding;
import io.lorahub.engine.lora.config.CheckFinding.Severity;
import io.lorahub.engine.safetensors.TensorData;
import io.lorahub.testsupport.AdapterBuilder;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;

/** An adapter with one fault, and the expected finding. */
public abstract class PlantedFault {

    public static final String Q = "encoder.block.0.layer.0.SelfAttention.q";
    public static final String V = "decoder.block.0.layer.0.SelfAttention.v";

    @TempDir
    public Path dir;

    public void expect(AdapterBuilder adapter, Severity severity, String code, String subject) {
        assertThat(findings(adapter)).singleElement().satisfies(f -> {
            assertThat(f.code()).isEqualTo(code);
            assertThat(f.severity()).isEqualTo(severity);
            assertThat(f.subject()).isEqualTo(subject);
            assertThat(f.message()).endsWith(".");
        });
    }

    public List<CheckFinding> findings(AdapterBuilder adapter) {
        try (AdapterReading reading = new AdapterReading(adapter.in(dir, "adapter" + System.nanoTime()))) {
            return reading.findings();
        }
    }

    public static TensorData ones(int... shape) {
        long[] sizes = new long[shape.length];
        int n = 1;
        for (int i = 0; i < shape.length; i++) n *= (int) (sizes[i] = shape[i]);
        float[] values = new float[n];
        Arrays.fill(values, 1);
        return TensorData.of(values, sizes);
    }
}
