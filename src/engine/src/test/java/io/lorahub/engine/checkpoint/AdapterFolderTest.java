package io.lorahub.engine.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.lorahub.engine.safetensors.SafetensorsWriter;
import io.lorahub.engine.safetensors.TensorData;
import io.lorahub.testsupport.Checkout;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AdapterFolderTest {

    private static final Path ADAPTERS = Checkout.path("src/engine/src/test/resources/reference/adapters");

    @TempDir
    Path folder;

    @Test
    void a_folder() {
        Path path = ADAPTERS.resolve("plain-a");
        try (var adapter = AdapterFolder.open(path)) {
            assertThat(adapter.path()).isEqualTo(path);
            assertThat(adapter.config()).isEqualTo(path.resolve("adapter_config.json"));
            assertThat(adapter.files()).containsExactly(adapter.config(), path.resolve("adapter_model.safetensors"));
            assertThat(adapter.weights().names()).hasSize(24);
        }
    }

    @Test
    void a_folder_with_a_checkpoint_of_PyTorch() {
        try (var adapter = AdapterFolder.open(ADAPTERS.resolve("bin"))) {
            assertThat(adapter.files()).extracting(Path::getFileName).contains(Path.of("adapter_model.bin"));
            assertThat(adapter.weights().names()).hasSize(24);
        }
    }

    @Test
    void safetensors_are_preferred() throws IOException {
        Files.writeString(folder.resolve("adapter_config.json"), "{}");
        Files.writeString(folder.resolve("adapter_model.bin"), "damaged");
        Files.write(folder.resolve("adapter_model.safetensors"), weights());

        try (var adapter = AdapterFolder.open(folder)) {
            assertThat(adapter.weights().names()).containsExactly("a");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"adapter_config.json", "adapter_model.bin"})
    void one_of_its_files_means_the_folder(String file) {
        try (var adapter = AdapterFolder.open(ADAPTERS.resolve("bin").resolve(file))) {
            assertThat(adapter.path()).isEqualTo(ADAPTERS.resolve("bin").toAbsolutePath());
            assertThat(adapter.weights().names()).hasSize(24);
        }
    }

    @Test
    void files_that_are_not_an_adapter() throws IOException {
        assertRefused(folder.resolve("nowhere"), "there is no such folder or zip.");
        assertRefused(
                folder,
                "it isn't an adapter; a PEFT adapter has adapter_config.json and adapter_model.safetensors"
                        + " (or adapter_model.bin).");
        Files.createFile(folder.resolve("config.json"));
        assertRefused(folder, "it is a base model; a PEFT adapter has adapter_config.json");
        Files.writeString(folder.resolve("adapter_config.json"), "{}");
        assertRefused(folder, "it has no weights; a PEFT adapter has");
        Files.delete(folder.resolve("adapter_config.json"));
        Files.write(folder.resolve("adapter_model.safetensors"), weights());
        assertRefused(folder, "adapter_config.json is missing; a PEFT adapter has");
    }

    @Test
    void weights_of_another_name() throws IOException {
        Path path = Files.write(folder.resolve("my-lora.safetensors"), weights());
        assertRefused(path, "it isn't named like an adapter's weights; a PEFT adapter has");
    }

    @Test
    void a_zip_where_no_other_folder_is_named() throws IOException {
        Path path = new Zips()
                .stored("adapter_config.json", "{}")
                .stored("adapter_model.safetensors", weights())
                .write(folder.resolve("adapter.zip"));

        Path config;
        try (var adapter = AdapterFolder.open(path)) {
            config = adapter.config();
            assertThat(config).hasContent("{}");
        }
        assertThat(config.getParent()).doesNotExist();
    }

    @Test
    void a_fault_in_a_zip_names_the_zip() throws IOException {
        Path path = new Zips()
                .stored("adapter_config.json", "{}")
                .stored("adapter_model.safetensors", "no tensors")
                .write(folder.resolve("adapter.zip"));
        assertThatExceptionOfType(CheckpointException.class)
                .isThrownBy(() -> AdapterFolder.open(path))
                .withMessageStartingWith("The file %s/adapter_model.safetensors cannot be used: ", path);
    }

    @Test
    void other_files_are_no_zip() throws IOException {
        Path path = Files.writeString(folder.resolve("adapter.zip"), "not a zip");
        assertRefused(path, "it isn't a valid zip file.");
    }

    private void assertRefused(Path path, String reason) {
        assertThatExceptionOfType(CheckpointException.class)
                .isThrownBy(() -> AdapterFolder.open(path))
                .withMessageStartingWith("%s cannot be used: ", path)
                .withMessageContaining(reason)
                .withMessageEndingWith(".");
    }

    private byte[] weights() throws IOException {
        Path path = folder.resolve("written.safetensors");
        SafetensorsWriter.write(path, Map.of("a", TensorData.of(new float[] {1}, 1)), Map.of());
        byte[] bytes = Files.readAllBytes(path);
        Files.delete(path);
        return bytes;
    }
}
