package io.lorahub.upload.readme;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lorahub.adapter.AdapterVersion;
import io.lorahub.adapter.publication.Origin;
import io.lorahub.web.budget.RequestBudget;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/**
 * The parts of an adapter according to the recipe.json of compose or merge. The file itself is not published, because
 * it contains the examples and paths on its author's machine.
 *
 * @param json each part's weight in the mix, by the SHA-256 of its weights file
 */
public record SentRecipe(JsonNode json) {

    /** A file with more values is no recipe, and its tree would take much more memory than its text. */
    private static final int MOST_TOKENS = 100_000;

    private static final JsonMapper JSON = JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxTokenCount(MOST_TOKENS)
                            .build())
                    .build())
            .build();

    /** No mix has more parts than this, so further ones are not looked up. */
    private static final int MOST_PARTS = 1000;

    /**
     * Returns no parts if the file is not a recipe.
     *
     * @param budget from which the values take their memory
     */
    static SentRecipe read(byte[] file, RequestBudget budget) {
        ObjectNode weights = JsonNodeFactory.instance.objectNode();
        try (JsonParser parser = budget.counted(JSON.createParser(file))) {
            JsonNode recipe = JSON.readTree(parser);
            if (recipe == null) return new SentRecipe(weights);
            for (JsonNode part : recipe.path("adapters")) {
                double weight = part.path("weight").asDouble();
                JsonNode files = part.path("files");
                String sha256 = files.path("adapter_model.safetensors")
                        .asText(files.path("adapter_model.bin").asText());
                boolean sound = sha256.matches("[0-9a-f]{64}") && weight != 0 && Double.isFinite(weight);
                if (sound && weights.size() < MOST_PARTS) weights.put(sha256, weight);
            }
        } catch (IOException e) {
            // it contains no parts
        }
        return new SentRecipe(weights);
    }

    /** @param seen whether the author can see a version, and can therefore name it */
    public Origin origin(Predicate<AdapterVersion> seen) {
        Map<String, Long> parts = new HashMap<>();
        if (json.isEmpty()) return Origin.TRAINED;
        List<String> hashes = json.properties().stream().map(Map.Entry::getKey).toList();
        List<AdapterVersion> versions = AdapterVersion.list(
                "id in (select v.id from AdapterVersion v join v.files f where f in ?1) order by id", hashes);
        versions.stream()
                .filter(seen)
                .forEach(version -> version.files.values().stream()
                        .filter(json::has)
                        .forEach(sha256 -> parts.putIfAbsent(sha256, version.id)));
        Map<Long, Double> weights = new HashMap<>();
        parts.forEach((sha256, id) -> weights.put(id, json.path(sha256).asDouble()));
        return new Origin(weights, null);
    }
}
