package io.lorahub.huggingface;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import jakarta.persistence.EntityManager;
import jakarta.transaction.Transactional;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.util.Arrays;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.Operation;

/** The words that {@code list_models} filters by, for clients of the Hugging Face Hub: those of public adapters. */
@Path("/api/models-tags-by-type")
@Produces(MediaType.APPLICATION_JSON)
public class ModelTagsResource {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int MOST = 1000;

    /** The most frequent ones. */
    private static final String FREQUENT = "select %1$s from facet_count where facet = '%2$s' and value <> ''"
            + " group by 1 order by sum(adapters) desc, 1 limit " + MOST;

    private final EntityManager database;

    ModelTagsResource(EntityManager database) {
        this.database = database;
    }

    @GET
    @Transactional
    @Operation(hidden = true)
    public JsonNode tags() {
        ObjectNode json = JSON.createObjectNode();
        put(
                json,
                "pipeline_tag",
                "",
                Arrays.stream(PipelineTag.values()).map(tag -> tag.word).toList());
        put(json, "library", "", List.of(ModelCardText.LIBRARY, "safetensors"));
        put(json, "license", "license:", frequent("lower(value)", "licence"));
        put(json, "language", "", frequent("value", "language"));
        put(json, "other", "", frequent("value", "tag"));
        return json;
    }

    private List<String> frequent(String word, String facet) {
        return database.createNativeQuery(FREQUENT.formatted(word, facet), String.class)
                .getResultList();
    }

    /** @param prefix what the filter has before the word */
    private static void put(ObjectNode json, String type, String prefix, List<String> words) {
        ArrayNode tags = json.putArray(type);
        for (String word : words) {
            tags.addObject().put("id", prefix + word).put("label", word).put("type", type);
        }
    }
}
