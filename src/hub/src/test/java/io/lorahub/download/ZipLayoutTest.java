package io.lorahub.download;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.lorahub.download.ZipLayout.Entry;
import io.lorahub.download.content.ContentRegion;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ZipLayoutTest {

    private static final Map<String, byte[]> FILES = new LinkedHashMap<>();

    static {
        FILES.put("un-1.0.0/adapter_config.json", "{\"r\": 8}".getBytes(StandardCharsets.UTF_8));
        FILES.put("un-1.0.0/empty", new byte[0]);
        FILES.put("un-1.0.0/wörter.txt", "one\ntwo".getBytes(StandardCharsets.UTF_8));
    }

    @TempDir
    Path folder;

    @Test
    void readers_of_files_and_of_streams_find_every_file() throws IOException {
        byte[] zip = zip();
        Path file = Files.write(folder.resolve("a.zip"), zip);

        Map<String, byte[]> streamed = new LinkedHashMap<>();
        try (ZipInputStream in = new ZipInputStream(new ByteArrayInputStream(zip))) {
            for (ZipEntry entry; (entry = in.getNextEntry()) != null; ) {
                streamed.put(entry.getName(), in.readAllBytes());
            }
        }

        assertThat(streamed).usingRecursiveComparison().isEqualTo(FILES);
        try (ZipFile opened = new ZipFile(file.toFile())) {
            assertThat(Collections.list(opened.entries())).hasSize(FILES.size());
            for (var expected : FILES.entrySet()) {
                assertThat(opened.getInputStream(opened.getEntry(expected.getKey())))
                        .hasBinaryContent(expected.getValue());
            }
        }
    }

    @Test
    void unzip_finds_no_fault() throws IOException, InterruptedException {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/unzip")), "there is no unzip here");
        Path file = Files.write(folder.resolve("a.zip"), zip());

        Process unzip = new ProcessBuilder("/usr/bin/unzip", "-t", file.toString())
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("log").toFile())
                .start();

        assertThat(unzip.waitFor()).as(Files.readString(folder.resolve("log"))).isZero();
    }

    /** The content is a hole in the file, which costs no space. */
    @Test
    void files_over_4_GiB_are_found_too() throws IOException {
        long large = (4L << 30) + 12345;
        List<ContentRegion> pieces = ZipLayout.of(
                List.of(new Entry("large", "a", large, 0), new Entry("behind", "b", 3, crc("abc".getBytes()))));
        Path file = folder.resolve("large.zip");
        try (FileChannel out = FileChannel.open(
                file, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.SPARSE)) {
            long at = 0;
            for (ContentRegion piece : pieces) {
                if (piece instanceof ContentRegion.Bytes bytes)
                    out.write(bytes.content().duplicate(), at);
                if (piece instanceof ContentRegion.Stored stored
                        && stored.sha256().equals("b")) {
                    out.write(ByteBuffer.wrap("abc".getBytes()), at);
                }
                at += piece.length();
            }
        }

        try (ZipFile opened = new ZipFile(file.toFile())) {
            assertThat(opened.getEntry("large").getSize()).isEqualTo(large);
            assertThat(opened.getInputStream(opened.getEntry("behind"))).hasContent("abc");
        }
    }

    private static byte[] zip() {
        List<Entry> entries = new ArrayList<>();
        FILES.forEach((name, content) -> entries.add(new Entry(name, name, content.length, crc(content))));
        List<ContentRegion> pieces = ZipLayout.of(entries);
        ByteBuffer zip = ByteBuffer.allocate(
                (int) pieces.stream().mapToLong(ContentRegion::length).sum());
        for (ContentRegion piece : pieces) {
            if (piece instanceof ContentRegion.Bytes bytes)
                zip.put(bytes.content().duplicate());
            if (piece instanceof ContentRegion.Stored stored) zip.put(FILES.get(stored.sha256()));
        }
        return zip.array();
    }

    private static long crc(byte[] content) {
        CRC32 crc = new CRC32();
        crc.update(content);
        return crc.getValue();
    }
}
