package io.lorahub.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lorahub.demo.DemoHub.DemoHubCache;
import io.lorahub.engine.error.EngineException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DemoHubCacheTest {

    @TempDir
    Path folder;

    @Test
    void unpacks_the_hub_and_nothing_else() throws IOException {
        Path hub =
                cache().unpacked(jar(Map.of("demo-hub/hub.json", "{}", "demo-hub/base/a", "1", "io/Other.class", "x")));
        assertThat(files(hub)).containsExactly("base/a", "hub.json");
        assertThat(hub.resolve("base/a")).hasContent("1");
    }

    @Test
    void unpacks_once_and_again_when_something_is_missing_or_cut() throws IOException {
        Path jar = jar(Map.of("demo-hub/hub.json", "{}", "demo-hub/base/a", "123"));
        Path hub = cache().unpacked(jar);
        Files.writeString(hub.resolve("base/a"), "456");
        assertThat(cache().unpacked(jar).resolve("base/a")).hasContent("456");
        Files.writeString(hub.resolve("base/a"), "4");
        assertThat(cache().unpacked(jar).resolve("base/a")).hasContent("123");
        Files.delete(hub.resolve("hub.json"));
        assertThat(cache().unpacked(jar).resolve("hub.json")).hasContent("{}");
    }

    @Test
    void keeps_hubs_of_other_content_apart() throws IOException {
        Path one = cache().unpacked(jar(Map.of("demo-hub/hub.json", "{}")));
        Path other = cache().unpacked(jar(Map.of("demo-hub/hub.json", "[]")));
        Path code = cache().unpacked(jar(Map.of("demo-hub/hub.json", "{}", "io/Other.class", "x")));
        assertThat(one).isNotEqualTo(other).isEqualTo(code);
    }

    @Test
    void many_at_once_get_the_same_whole_folder() throws Exception {
        Map<String, String> entries = new TreeMap<>();
        for (int i = 0; i < 200; i++) entries.put("demo-hub/f" + i, "x".repeat(i));
        Path jar = jar(entries);
        ExecutorService threads = Executors.newFixedThreadPool(8);
        try {
            Callable<List<String>> unpack = () -> files(cache().unpacked(jar));
            for (Future<List<String>> paths : threads.invokeAll(java.util.Collections.nCopies(16, unpack))) {
                assertThat(paths.get()).hasSize(200);
            }
        } finally {
            threads.shutdownNow();
        }
        assertThat(files(folder.resolve("cache")).stream().filter(f -> f.contains(".part-")))
                .isEmpty();
    }

    @Test
    void says_what_to_do_where_nothing_can_be_written() throws IOException {
        Path jar = jar(Map.of("demo-hub/hub.json", "{}"));
        Path file = Files.writeString(folder.resolve("file"), "");
        assertThatThrownBy(() -> new DemoHubCache(file.resolve("cache"), "demo-hub").unpacked(jar))
                .isInstanceOf(EngineException.class)
                .hasMessageContaining("set XDG_CACHE_HOME to a folder that can be written");
    }

    private DemoHubCache cache() {
        return new DemoHubCache(folder.resolve("cache"), "demo-hub");
    }

    private Path jar(Map<String, String> entries) throws IOException {
        Path jar = Files.createTempFile(folder, "app", ".jar");
        try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar))) {
            for (var entry : entries.entrySet()) {
                out.putNextEntry(new JarEntry(entry.getKey()));
                out.write(entry.getValue().getBytes(java.nio.charset.StandardCharsets.UTF_8));
            }
        }
        return jar;
    }

    private static List<String> files(Path root) throws IOException {
        try (Stream<Path> paths = Files.walk(root)) {
            return paths.filter(Files::isRegularFile)
                    .map(f -> root.relativize(f).toString())
                    .sorted()
                    .toList();
        }
    }
}
