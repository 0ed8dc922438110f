package io.lorahub.demo;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.lorahub.engine.error.EngineException;
import io.lorahub.engine.learning.Example;
import io.lorahub.xdg.UserFolders;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.StreamSupport;

/**
 * The demo hub included in LoraHub: a small base model, adapters that compose, and tasks that none of them was trained
 * on. Its folder is read-only.
 *
 * @param baseModel name that its adapters give their base model
 */
public record DemoHub(Path folder, String baseModel, List<DemoAdapter> adapters, List<DemoTask> tasks) {

    private static final String RESOURCE = "/demo-hub/hub.json";

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
        return at(locate());
    }

    /** Its folder: in place if its files are on disk, else unpacked from the jar. */
    private static Path locate() {
        URL hub = DemoHub.class.getResource(RESOURCE);
        if (hub == null) {
            throw new EngineException("This LoraHub was built without its demo hub (%s).".formatted(RESOURCE));
        }
        try {
            if (hub.getProtocol().equals("file")) return Path.of(hub.toURI()).getParent();
            return new DemoHubCache(UserFolders.cache()).unpacked(jar(hub));
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
            return new DemoHub(folder, hub.path("base_model").asText(), List.copyOf(adapters), List.copyOf(tasks));
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

    /** The base model's folder. */
    public Path base() {
        return folder.resolve("base");
    }

    /** The folder of all adapters. */
    public Path adaptersFolder() {
        return folder.resolve("adapters");
    }

    /** The task with this name. */
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
}
