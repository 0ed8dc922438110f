package io.lorahub.engine.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.lorahub.engine.error.EngineException;
import io.lorahub.engine.safetensors.SafetensorsWriter;
import io.lorahub.engine.safetensors.TensorData;
import io.lorahub.testsupport.hostile.FileFuzz;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.commons.compress.archivers.zip.ZipArchiveOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AdapterZipTest {

    @TempDir
    Path folder;

    private byte[] weights;

    @TempDir
    Path temporary;

    @BeforeEach
    void write_weights() throws IOException {
        Path path = folder.resolve("written.safetensors");
        SafetensorsWriter.write(path, Map.of("a", TensorData.of(new float[] {1, 2}, 2)), Map.of());
        weights = Files.readAllBytes(path);
    }

    @AfterEach
    void nothing_unpacked_stays() {
        assertThat(temporary).isEmptyDirectory();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "my-adapter/"})
    void at_the_root_or_in_one_folder(String prefix) throws IOException {
        Path path = new Zips()
                .deflated(prefix + "adapter_config.json", "{\"r\": 1}".getBytes(StandardCharsets.UTF_8))
                .deflated(prefix + "adapter_model.safetensors", weights)
                .stored(prefix + "README.md", "read me")
                .stored("__MACOSX/._adapter_config.json", "x")
                .write(folder.resolve("adapter.zip"));

        Path unpacked;
        try (var adapter = AdapterFolder.open(path, temporary)) {
            unpacked = adapter.config().getParent();
            assertThat(adapter.path()).isEqualTo(path);
            assertThat(adapter.config()).hasContent("{\"r\": 1}");
            assertThat(adapter.weights().tensor("a").toFloats()).containsExactly(1, 2);
            assertThat(unpacked.toFile().list())
                    .containsExactlyInAnyOrder("adapter_config.json", "adapter_model.safetensors");
        }
        assertThat(unpacked).doesNotExist();
    }

    @Test
    void tensors_that_were_given_stay_after_closing() throws IOException {
        TensorData given;
        try (var adapter = AdapterFolder.open(sound().write(folder.resolve("adapter.zip")), temporary)) {
            given = adapter.weights().tensor("a");
        }
        assertThat(given.toFloats()).containsExactly(1, 2);
    }

    @ParameterizedTest
    @ValueSource(strings = {"../evil", "a/../../evil", "/etc/evil", "..\\evil", "C:/evil", "a/.."})
    void names_that_lead_out(String name) throws IOException {
        assertRefused(sound().stored(name, "x"), "would be unpacked outside its folder");
    }

    @Test
    void no_adapter_or_more_than_one() throws IOException {
        assertRefused(new Zips().stored("x", "x"), "it has 0 adapter_config.json files");
        assertRefused(sound().stored("b/adapter_config.json", "{}"), "it has 2 adapter_config.json files");
        assertRefused(
                new Zips().stored("a/b/adapter_config.json", "{}"),
                "its adapter is in \"a/b/\"; move it to the zip's root or into a single folder");
        assertRefused(
                new Zips().stored("a/adapter_config.json", "{}").stored("adapter_model.bin", "x"), "it has no weights");
    }

    @Test
    void a_name_that_comes_twice() throws IOException {
        String zip = new String(
                sound().stored("adapter_cONFIG.json", "{\"evil\": 1}").bytes(), StandardCharsets.ISO_8859_1);
        Path path = Files.writeString(
                folder.resolve("adapter.zip"), zip.replace("cONFIG", "config"), StandardCharsets.ISO_8859_1);
        assertRefused(path, "it has two files named \"adapter_config.json\"");
    }

    @Test
    void a_symbolic_link() throws IOException {
        Path path = folder.resolve("adapter.zip");
        try (var zip = new ZipArchiveOutputStream(path)) {
            ZipArchiveEntry link = new ZipArchiveEntry("adapter_config.json");
            link.setUnixMode(0120777);
            zip.putArchiveEntry(link);
            zip.write("/etc/passwd".getBytes(StandardCharsets.UTF_8));
            zip.closeArchiveEntry();
        }
        assertRefused(path, "its file \"adapter_config.json\" is a symbolic link");
    }

    @Test
    void bombs() throws IOException {
        assertRefused(sound().deflated("zeros", new byte[50 << 20]), "it would unpack to far more than its own size");
        assertRefused(
                new Zips()
                        .stored("adapter_config.json", new byte[(1 << 20) + 1])
                        .stored("adapter_model.safetensors", weights),
                "its file \"adapter_config.json\" has more than 1048576 bytes");
        Zips many = sound();
        for (int i = 0; i < 1000; i++) many.stored("file" + i, "");
        assertRefused(many, "it has more than 1000 files");
    }

    @Test
    void a_table_of_contents_that_is_too_long() throws IOException {
        Path path = folder.resolve("adapter.zip");
        try (var zip = new ZipArchiveOutputStream(path)) {
            for (int i = 0; i < 700; i++) {
                ZipArchiveEntry entry = new ZipArchiveEntry("n".repeat(30_000) + i);
                entry.setMethod(ZipArchiveEntry.STORED);
                entry.setSize(0);
                entry.setCompressedSize(0);
                entry.setCrc(0);
                zip.addRawArchiveEntry(entry, InputStream.nullInputStream());
            }
        }
        assertRefused(path, "its table of contents has more than 16777216 bytes");
    }

    /** The second size would make the sum of a long negative. */
    @Test
    void sizes_that_overflow() throws IOException {
        Path path = folder.resolve("adapter.zip");
        try (var zip = new ZipArchiveOutputStream(path)) {
            for (long size : new long[] {10, Long.MAX_VALUE}) {
                ZipArchiveEntry entry = new ZipArchiveEntry("a" + size);
                entry.setMethod(ZipArchiveEntry.DEFLATED);
                entry.setSize(size);
                entry.setCompressedSize(0);
                entry.setCrc(0);
                zip.addRawArchiveEntry(entry, InputStream.nullInputStream());
            }
        }
        assertRefused(path, "it would unpack to far more than its own size");
    }

    @Test
    void a_zip_cut_off_anywhere() throws IOException {
        byte[] whole = sound().bytes();
        for (int length = 0; length < whole.length; length++) {
            Path path = Files.write(folder.resolve(length + ".zip"), Arrays.copyOf(whole, length));
            assertThatExceptionOfType(CheckpointException.class)
                    .as("%d of %d bytes", length, whole.length)
                    .isThrownBy(() -> AdapterFolder.open(path, temporary));
        }
    }

    @Test
    void thousands_of_damaged_zips() throws IOException {
        byte[] whole = sound().bytes();
        Consumer<Path> reader = path -> AdapterZip.unpack(path, temporary).close();
        new FileFuzz(folder.resolve("fuzz.zip"), reader, CheckpointException.class)
                .run(1500, whole, whole.length)
                .assertBothHappened();
    }

    private Zips sound() {
        return new Zips()
                .deflated("adapter_config.json", "{}".getBytes(StandardCharsets.UTF_8))
                .stored("adapter_model.safetensors", weights);
    }

    private void assertRefused(Zips zip, String reason) throws IOException {
        assertRefused(zip.write(folder.resolve("adapter.zip")), reason);
    }

    private void assertRefused(Path path, String reason) {
        assertThatExceptionOfType(EngineException.class)
                .isThrownBy(() -> AdapterFolder.open(path, temporary))
                .isExactlyInstanceOf(CheckpointException.class)
                .withMessageStartingWith("%s cannot be used: ", path)
                .withMessageContaining(reason)
                .withMessageEndingWith(".");
    }
}
