package io.lorahub.demo;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.lorahub.engine.error.EngineException;
import io.lorahub.engine.learning.Example;
import io.lorahub.engine.learning.export.BaseModelName;
import io.lorahub.engine.prompt.PromptChoice;
import io.lorahub.xdg.UnpackedFolder;
import io.lorahub.xdg.UserFolders;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.jar.JarFile;
import java.util.stream.StreamSupport;
import org.apache.commons.codec.digest.DigestUtils;

/**
 * A demo included in LoraHub: adapters that compose, and tasks that none of them was trained on. Its folder is
 * read-only. There are two: {@value #WORDS}, the demo hub, comes with its base model; {@value #SMOLLM2} needs one that is
 * on this machine.
 *
 * @param baseModel name that its adapters give their base model
 * @param prompt    format of the prompts that its adapters were trained on
 */
public record DemoHub(
        Path folder, String baseModel, PromptChoice prompt, List<DemoAdapter> adapters, List<DemoTask> tasks) {

    /** The demo hub: a base model of 1.6 million parameters that reads one word. */
    public static final String WORDS = "words";

    /** Adapters of SmolLM2-135M-Instruct. */
    public static final String SMOLLM2 = "smollm2";

    /** The folder of each demo in the resources. */
    private static final Map<String, String> RESOURCES = Map.of(WORDS, "demo-hub", SMOLLM2, "demo-smollm2");

    /** The name that the demo hub's adapters give their base model. */
    public static final String BASE_MODEL = "lorahub/demo-base";

    /**
     * An adapter of the demo hub, with examples of its effect on some words.
     *
     * @param summary one sentence about its effect
     * @param tags    tags of its task
     */
    public record DemoAdapter(String name, String title, String summary, List<String> tags, List<Example> examples) {}

    /** Opens the demo hub, unpacking it if it is inside a jar. */
    public static DemoHub open() {
        return open(WORDS);
    }

    /**
     * Opens a demo, unpacking it if it is inside a jar, or another one by its folder. Throws EngineException if there is
     * none of that name.
     */
    public static DemoHub open(String name) {
        String resource = RESOURCES.get(name);
        if (resource != null) return at(locate(resource));
        if (Files.isRegularFile(Path.of(name, "hub.json"))) return at(Path.of(name));
        throw new EngineException("There is no demo \"%s\"; there are %s and %s.".formatted(name, WORDS, SMOLLM2));
    }

    /** Whether this LoraHub was built with the files of a demo. */
    public static boolean isThere(String name) {
        return DemoHub.class.getResource("/" + RESOURCES.get(name) + "/hub.json") != null;
    }

    /** Its folder: in place if its files are on disk, else unpacked from the jar. */
    private static Path locate(String name) {
        String resource = "/" + name + "/hub.json";
        URL hub = DemoHub.class.getResource(resource);
        if (hub == null) {
            throw new EngineException(
                    "This LoraHub was built without the files of that demo (%s); README.md in that folder of the sources says how to make them."
                            .formatted(resource));
        }
        try {
            if (hub.getProtocol().equals("file")) return Path.of(hub.toURI()).getParent();
            return new DemoHubCache(UserFolders.cache(), name).unpacked(jar(hub));
        } catch (URISyntaxException e) {
            throw new IllegalStateException("a resource has an address", e);
        }
    }

    /** The jar's path, from jar:file:/a/b.jar!/demo-hub/hub.json */
    private static Path jar(URL resource) {
        String address = resource.getPath();
        return Path.of(URI.create(address.substring(0, address.indexOf("!/"))));
    }

    static DemoHub at(Path folder) {
        try {
            JsonNode hub =
                    new ObjectMapper().readTree(folder.resolve("hub.json").toFile());
            List<DemoAdapter> adapters = new ArrayList<>();
            hub.path("adapters").forEach(a -> adapters.add(adapter(a)));
            List<DemoTask> tasks = new ArrayList<>();
            hub.path("unseen_tasks").forEach(t -> tasks.add(new DemoTask(t.asText(), folder.resolve("tasks"))));
            return new DemoHub(
                    folder,
                    hub.path("base_model").asText(),
                    PromptChoice.of(hub.path("prompt").textValue(), null),
                    List.copyOf(adapters),
                    List.copyOf(tasks));
        } catch (IOException e) {
            throw new EngineException("The demo hub in %s cannot be read: %s.".formatted(folder, e.getMessage()), e);
        }
    }

    private static DemoAdapter adapter(JsonNode node) {
        List<Example> examples = StreamSupport.stream(node.path("examples").spliterator(), false)
                .map(e -> new Example(e.path("input").asText(), e.path("output").asText()))
                .toList();
        List<String> tags = StreamSupport.stream(node.path("tags").spliterator(), false)
                .map(JsonNode::asText)
                .toList();
        return new DemoAdapter(
                node.path("name").asText(),
                node.path("title").asText(),
                node.path("summary").asText(),
                tags,
                examples);
    }

    /**
     * The base model's folder: the demo's own, else the one in this machine's Hugging Face cache. Throws EngineException
     * if it is in neither.
     */
    public Path base() {
        Path own = folder.resolve("base");
        if (Files.isDirectory(own)) return own;
        return BaseModelName.find(baseModel, BaseModelName.MAIN)
                .orElseThrow(() -> new EngineException(
                        ("This demo needs the base model %1$s, which is not in this machine's Hugging Face cache. Download it"
                                        + " with \"hf download %1$s\", or give its folder with --base DIR.")
                                .formatted(baseModel)));
    }

    public Path adaptersFolder() {
        return folder.resolve("adapters");
    }

    public boolean has(String task) {
        return tasks.stream().anyMatch(t -> t.name().equals(task));
    }

    public DemoTask task(String name) {
        return tasks.stream()
                .filter(t -> t.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new EngineException("The demo hub has no task \"%s\"; it has %s."
                        .formatted(
                                name,
                                String.join(
                                        ", ", tasks.stream().map(DemoTask::name).toList()))));
    }

    /**
     * Demos unpacked from jars, each in a folder named after its contents. A folder appears only when complete; a lock
     * keeps two processes from unpacking at once, and files damaged later are unpacked again.
     */
    static final class DemoHubCache {

        private final Path folder;
        private final String resource;

        /** @param resource the demo's folder in the jar */
        DemoHubCache(Path folder, String resource) {
            this.folder = folder;
            this.resource = resource;
        }

        Path unpacked(Path jar) {
            try (JarFile file = new JarFile(jar.toFile())) {
                Entries entries = Entries.in(file, resource + "/");
                Path hub = folder.resolve(resource + "-" + entries.digest());
                UnpackedFolder.fill(hub, resource + ".lock", entries::areIn, part -> copy(file, entries, part));
                return hub;
            } catch (IOException e) {
                throw new EngineException(
                        "The demo hub cannot be unpacked to %s (%s); set XDG_CACHE_HOME to a folder that can be written."
                                .formatted(folder, e.getMessage()),
                        e);
            }
        }

        private static void copy(JarFile jar, Entries entries, Path target) throws IOException {
            for (Entries.Item item : entries.items()) {
                Path file = target.resolve(item.path());
                Files.createDirectories(file.getParent());
                try (InputStream in = jar.getInputStream(jar.getJarEntry(item.entry()))) {
                    Files.copy(in, file);
                }
            }
        }

        /**
         * The demo hub's files in a jar.
         *
         * @param digest digest of their names, sizes and checksums: builds that differ only in code share one unpacked
         *     folder, and it can be computed without reading the whole jar
         */
        private record Entries(List<Item> items, String digest) {

            /** @param path path relative to the hub's folder */
            record Item(String entry, String path, long size) {}

            static Entries in(JarFile jar, String prefix) {
                MessageDigest digest = DigestUtils.getSha256Digest();
                List<Item> items = jar.stream()
                        .filter(e -> e.getName().startsWith(prefix) && !e.isDirectory())
                        .sorted(Comparator.comparing(e -> e.getName()))
                        .map(e -> {
                            String line = e.getName() + ' ' + e.getSize() + ' ' + e.getCrc() + '\n';
                            digest.update(line.getBytes(StandardCharsets.UTF_8));
                            return new Item(e.getName(), e.getName().substring(prefix.length()), e.getSize());
                        })
                        .toList();
                return new Entries(items, HexFormat.of().formatHex(digest.digest(), 0, 8));
            }

            /** Whether a folder contains all of these files with the right sizes. */
            boolean areIn(Path folder) throws IOException {
                for (Item item : items) {
                    Path file = folder.resolve(item.path);
                    if (!Files.isRegularFile(file) || Files.size(file) != item.size) return false;
                }
                return true;
            }
        }
    }
}
