package io.lorahub.engine.lora;

import static io.lorahub.testsupport.AdapterBuilder.anAdapter;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lorahub.engine.error.EngineException;
import io.lorahub.engine.lora.config.AdapterException;
import io.lorahub.engine.lora.config.CheckFinding;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LoraAdapterTest {

    @TempDir
    Path dir;

    @Test
    void it_is_named_as_its_folder() {
        try (LoraAdapter adapter = anAdapter().loadedFrom(dir, "un.v2")) {
            assertThat(adapter.name()).isEqualTo("un.v2");
            assertThat(adapter.sha256()).containsOnlyKeys("adapter_config.json", "adapter_model.safetensors");
            assertThat(adapter.sha256().values()).allMatch(h -> h.matches("[0-9a-f]{64}"));
        }
    }

    @Test
    void a_zip_is_the_same_adapter() throws IOException {
        Path folder = anAdapter().in(dir, "past");
        Path zip = dir.resolve("past.zip");
        try (ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(zip))) {
            for (String file : new String[] {"adapter_config.json", "adapter_model.safetensors"}) {
                out.putNextEntry(new ZipEntry(file));
                Files.copy(folder.resolve(file), out);
            }
        }
        try (LoraAdapter fromZip = LoraAdapter.load(zip);
                LoraAdapter fromFolder = LoraAdapter.load(folder)) {
            assertThat(fromZip.name()).isEqualTo("past");
            assertThat(fromZip.sha256()).isEqualTo(fromFolder.sha256());
            assertThat(fromZip.modules().keySet())
                    .isEqualTo(fromFolder.modules().keySet());
        }
    }

    @Test
    void the_exception_is_one_sentence_and_holds_all_causes() {
        Path path = anAdapter().with("use_dora", "true").with("r", "7").in(dir, "bad");
        assertThatThrownBy(() -> LoraAdapter.load(path)).isInstanceOfSatisfying(AdapterException.class, e -> {
            assertThat(e).hasMessageContainingAll(path.toString(), "use_dora", "2 more faults");
            assertThat(e.findings())
                    .extracting(CheckFinding::code)
                    .containsExactly("dora", "rank-mismatch", "rank-mismatch");
        });
    }

    @Test
    void broken_json_is_named_with_its_line() throws IOException {
        Path path = anAdapter().in(dir, "bad");
        Files.writeString(path.resolve("adapter_config.json"), "{\n\"r\": 4,,}");
        assertThatThrownBy(() -> LoraAdapter.load(path))
                .isInstanceOf(AdapterException.class)
                .hasMessageContainingAll("adapter_config.json", "line 2");
    }

    @Test
    void one_bad_adapter_among_many_is_named() {
        anAdapter().in(dir, "a");
        anAdapter().with("use_dora", "true").in(dir, "b");
        assertThatThrownBy(() -> LoraAdapter.loadAll(dir))
                .isInstanceOf(AdapterException.class)
                .hasMessageContaining("b cannot");
    }

    @Test
    void a_folder_without_adapters_is_named() {
        assertThatThrownBy(() -> LoraAdapter.loadAll(dir))
                .isInstanceOf(EngineException.class)
                .hasMessageContainingAll("no adapter", dir.toString());
        assertThatThrownBy(() -> LoraAdapter.loadAll(dir.resolve("missing")))
                .isInstanceOf(EngineException.class)
                .hasMessageContaining("missing");
    }
}
