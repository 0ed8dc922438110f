package io.lorahub.huggingface;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lorahub.adapter.Adapter;
import io.lorahub.adapter.repository.TreeFile;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Collection;
import java.util.Map;
import java.util.Set;

/** Repositories and files as clients expect them in JSON. */
public final class RepositoryJson {

    /** The one form of a time that all clients parse. */
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSS'Z'").withZone(ZoneOffset.UTC);

    private static final ObjectMapper JSON = new ObjectMapper();

    /** Names that {@code expand} accepts; others are errors of the client. */
    private static final Set<String> PROPERTIES = Set.of(
            "author",
            "baseModels",
            "cardData",
            "childrenModelCount",
            "config",
            "createdAt",
            "disabled",
            "downloads",
            "downloadsAllTime",
            "evalResults",
            "gated",
            "gguf",
            "inference",
            "inferenceProviderMapping",
            "lastModified",
            "library_name",
            "likes",
            "mask_token",
            "model-index",
            "pipeline_tag",
            "private",
            "resourceGroup",
            "safetensors",
            "sha",
            "siblings",
            "spaces",
            "tags",
            "transformersInfo",
            "trendingScore",
            "usedStorage",
            "widgetData",
            "xetEnabled");

    private RepositoryJson() {}

    static boolean isProperty(String name) {
        return PROPERTIES.contains(name);
    }

    /**
     * @param commit the revision that was asked for; null while there is none
     * @param blobs whether to include sizes and hashes of files
     */
    static ObjectNode model(HubRepository repository, Commit commit, boolean blobs) {
        ObjectNode json = JSON.createObjectNode();
        json.put("_id", repository.id());
        json.put("id", repository.id());
        json.put("modelId", repository.id());
        json.put("author", repository.author());
        json.put("private", repository.isPrivate());
        json.put("gated", false);
        json.put("disabled", repository.takenDown());
        json.put("xetEnabled", true);
        json.put("downloads", repository.adapter().map(a -> a.downloads).orElse(0L));
        json.put("downloadsAllTime", repository.adapter().map(a -> a.downloads).orElse(0L));
        json.put("likes", repository.adapter().map(a -> a.likes).orElse(0));
        json.put("createdAt", time(repository.createdAt()));
        Object library = repository.cardData().get("library_name");
        json.put("library_name", library instanceof String name ? name : null); // of a README, it can be anything
        ArrayNode tags = json.putArray("tags");
        repository.tags().forEach(tags::add);
        repository.facts().task().ifPresent(task -> {
            json.put("pipeline_tag", task.word);
            if (!repository.tags().contains(task.word)) tags.add(task.word);
        });
        Map<String, Long> parameters = repository.facts().parameters();
        if (!parameters.isEmpty()) {
            ObjectNode safetensors = json.putObject("safetensors");
            safetensors.set("parameters", JSON.valueToTree(parameters));
            safetensors.put(
                    "total",
                    parameters.values().stream().mapToLong(Long::longValue).sum());
        }
        json.set("cardData", JSON.valueToTree(repository.cardData()));
        json.set("spaces", JSON.createArrayNode());
        repository.adapter().ifPresent(adapter -> json.set("config", config(adapter)));
        if (commit == null) {
            json.put("lastModified", time(repository.createdAt()));
            json.set("siblings", JSON.createArrayNode());
            return json;
        }
        json.put("sha", commit.oid());
        json.put("lastModified", time(commit.at()));
        json.put("usedStorage", commit.tree().size());
        ArrayNode siblings = json.putArray("siblings");
        commit.tree().files().values().forEach(file -> siblings.add(sibling(file, blobs)));
        return json;
    }

    private static ObjectNode config(Adapter adapter) {
        ObjectNode config = JSON.createObjectNode();
        config.putObject("peft").put("base_model_name_or_path", adapter.baseModel);
        return config;
    }

    /** Only the id and the named properties. */
    static ObjectNode only(ObjectNode model, Collection<String> properties) {
        ObjectNode json = JSON.createObjectNode();
        json.set("_id", model.get("_id"));
        json.set("id", model.get("id"));
        json.set("modelId", model.get("modelId"));
        for (String property : properties) {
            if (model.has(property)) json.set(property, model.get(property));
        }
        return json;
    }

    private static ObjectNode sibling(TreeFile file, boolean blobs) {
        ObjectNode json = JSON.createObjectNode().put("rfilename", file.path());
        if (!blobs) return json;
        json.put("blobId", file.oid()).put("size", file.size());
        if (file.lfs()) {
            json.putObject("lfs")
                    .put("sha256", file.sha256())
                    .put("size", file.size())
                    .put("pointerSize", file.pointerSize());
        }
        return json;
    }

    /** @param last the last commit that changed it; null to leave that out */
    static ObjectNode file(TreeFile file, Commit last) {
        ObjectNode json = JSON.createObjectNode()
                .put("type", "file")
                .put("oid", file.oid())
                .put("size", file.size())
                .put("path", file.path());
        if (file.lfs()) {
            json.putObject("lfs")
                    .put("oid", file.sha256())
                    .put("size", file.size())
                    .put("pointerSize", file.pointerSize());
        }
        if (last != null) {
            json.set("lastCommit", last(last));
            json.putObject("securityFileStatus")
                    .put("status", "safe")
                    .putNull("avScan")
                    .putNull("pickleImportScan");
        }
        return json;
    }

    static ObjectNode folder(String path, String oid, Commit last) {
        ObjectNode json = JSON.createObjectNode()
                .put("type", "directory")
                .put("oid", oid)
                .put("size", 0)
                .put("path", path);
        if (last != null) json.set("lastCommit", last(last));
        return json;
    }

    private static ObjectNode last(Commit commit) {
        return JSON.createObjectNode()
                .put("id", commit.oid())
                .put("title", commit.title())
                .put("date", time(commit.at()));
    }

    /** @param formatted whether to add the texts as HTML */
    static ObjectNode commit(Commit commit, boolean formatted) {
        ObjectNode json = JSON.createObjectNode()
                .put("id", commit.oid())
                .put("title", commit.title())
                .put("message", commit.message())
                .put("date", time(commit.at()));
        ArrayNode authors = json.putArray("authors");
        if (!commit.author().isEmpty()) authors.addObject().put("user", commit.author());
        if (formatted) {
            json.putObject("formatted").put("title", escaped(commit.title())).put("message", escaped(commit.message()));
        }
        return json;
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    }

    static ObjectNode ref(String kind, String name, String oid) {
        return JSON.createObjectNode()
                .put("name", name)
                .put("ref", "refs/" + kind + "/" + name)
                .put("targetCommit", oid);
    }

    public static String time(Instant instant) {
        return TIME.format(instant);
    }
}
