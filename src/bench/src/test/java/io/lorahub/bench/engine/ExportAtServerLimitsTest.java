package io.lorahub.bench.engine;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.lorahub.bench.process.JavaProcess;
import io.lorahub.bench.process.ProcessMemory;
import io.lorahub.bench.report.BenchOutput;
import io.lorahub.engine.lora.check.LoraModule;
import io.lorahub.engine.lora.merge.AdapterWriter;
import io.lorahub.engine.model.Precision;
import io.lorahub.engine.model.family.ModelFamilies;
import io.lorahub.engine.safetensors.DType;
import io.lorahub.engine.safetensors.TensorInfo;
import io.lorahub.testsupport.Checkout;
import io.lorahub.testsupport.Reference;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The setting of the method's paper, Flan-T5-large with 20 adapters of rank 16, in a process with a server's memory. */
class ExportAtServerLimitsTest {

    @TempDir
    Path folder;

    @Test
    void a_mix_of_twenty_adapters_of_the_large_shape_is_written() throws IOException {
        Path base = base();
        Path adapters = adapters();

        ExportMeasurement measurement = new ExportMeasurement(
                new BenchSubject("large", base, adapters), ExportMeasurement.Kind.LOSSLESS, Precision.FLOAT32);
        JsonNode row = BenchOutput.JSON.readTree(measurement.inProcess());

        assertThat(row.path("candidates").asInt()).isEqualTo(20);
        assertThat(row.path("rank").asInt()).isEqualTo(320);
        if (ProcessMemory.now().isPresent()) {
            JsonNode memory = row.path("memory");
            assertThat(memory.path("within_bound").asBoolean())
                    .as(row.toString())
                    .isTrue();
            // beside Java's heap and the candidates' 377 MB there is room for a few modules, not for the candidates
            // again
            long own = memory.path("peak_anonymous_bytes").asLong()
                    - memory.path("heap_bytes").asLong();
            assertThat(own).as(row.toString()).isBetween(377_000_000L, 377_000_000L + 400_000_000L);
            assertThat(row.path("estimated_own_bytes").asLong())
                    .as(row.toString())
                    .isGreaterThan(own);
        }
    }

    @Test
    void the_options_are_those_of_the_launcher_and_of_the_image() throws IOException {
        String flags = String.join(" ", JavaProcess.SERVER_FLAGS);
        assertThat(Files.readString(Checkout.path("lorahub"))).contains("command=(\"$java\" " + flags + "\n");
        assertThat(Files.readString(Checkout.path("docker/Dockerfile")))
                .contains("JAVA_TOOL_OPTIONS=\"" + flags + "\"");
    }

    /** All zero, in a file with nothing on the disk but its header. */
    private Path base() throws IOException {
        Path base = Files.createDirectory(folder.resolve("base"));
        // of equal logits the first token is written, so that one step of generation is enough
        Files.writeString(
                base.resolve("config.json"),
                ModelShape.LARGE.config().put("eos_token_id", 0).toPrettyString());
        Files.copy(Reference.demoHub("base/tokenizer.json"), base.resolve("tokenizer.json"));
        StringBuilder header = new StringBuilder("{");
        long end = 0;
        for (var tensor : ModelFamilies.of(ModelShape.LARGE.config()).shapes().entrySet()) {
            long begin = end;
            end += new TensorInfo(DType.F32, tensor.getValue()).bytes();
            header.append("\"%s\":{\"dtype\":\"F32\",\"shape\":%s,\"data_offsets\":[%d,%d]},"
                    .formatted(tensor.getKey(), Arrays.toString(tensor.getValue()), begin, end));
        }
        header.setCharAt(header.length() - 1, '}');
        while (header.length() % Long.BYTES != 0) header.append(' ');
        byte[] json = header.toString().getBytes(StandardCharsets.UTF_8);
        try (RandomAccessFile file =
                new RandomAccessFile(base.resolve("model.safetensors").toFile(), "rw")) {
            file.setLength(Long.BYTES + json.length + end);
            file.write(ByteBuffer.allocate(Long.BYTES)
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .putLong(json.length)
                    .array());
            file.write(json);
        }
        return base;
    }

    /** Twenty links to the same file on the disk. */
    private Path adapters() throws IOException {
        RandomNumbers numbers = new RandomNumbers(1L << 20, 0.05, 3);
        SortedMap<String, LoraModule> modules = new TreeMap<>();
        ModelFamilies.of(ModelShape.LARGE.config()).modules().forEach((name, shape) -> {
            if (name.endsWith(".q") || name.endsWith(".v")) {
                modules.put(
                        name, LoraModule.linear(name, numbers.tensor(16, shape[1]), numbers.tensor(shape[0], 16), 1));
            }
        });
        Path first = folder.resolve("adapters/a00");
        AdapterWriter.write(first, "zero", modules, Map.of());
        for (int i = 1; i < 20; i++) {
            Path next = Files.createDirectory(folder.resolve("adapters/a%02d".formatted(i)));
            for (String file : List.of("adapter_config.json", "adapter_model.safetensors")) {
                Files.createLink(next.resolve(file), first.resolve(file));
            }
        }
        return folder.resolve("adapters");
    }
}
