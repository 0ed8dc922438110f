package io.lorahub.composition.publication;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lorahub.storage.Blobs;
import io.lorahub.web.ProblemException;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.transaction.Transactional;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Set;

/**
 * A run's recipe as published. The run's own recipe names every candidate; this one omits the addresses and file hashes
 * of candidates that are not public.
 */
@ApplicationScoped
class PublishedRecipe {

    private static final List<String> NAMING = List.of("name", "address", "files", "path");

    /** Maximum size in bytes, the largest that is stored within a transaction. */
    private static final int LONGEST = 1 << 20;

    private final Blobs blobs;
    private final ObjectMapper json;

    PublishedRecipe(Blobs blobs, ObjectMapper json) {
        this.blobs = blobs;
        this.json = json;
    }

    /**
     * The file to publish instead of the run's own recipe.
     *
     * @param sha256 SHA-256 of the run's own recipe
     * @param open   addresses of the candidates that are visible to everyone
     */
    @Transactional
    String naming(Set<String> open, String sha256) {
        try (InputStream in = blobs.open(sha256, 0, blobs.size(sha256))) {
            JsonNode recipe = json.readTree(in);
            boolean withheld = false;
            for (JsonNode adapter : recipe.path("adapters")) {
                String address = adapter.path("address").asText().replaceFirst("@.*", "");
                if (open.contains(address)) continue;
                ((ObjectNode) adapter).remove(NAMING).put("withheld", true);
                withheld = true;
            }
            if (!withheld) return sha256;
            byte[] bytes = json.writeValueAsBytes(recipe);
            if (bytes.length > LONGEST) {
                throw ProblemException.invalid("recipe", "This recipe is too long; publish the mix without it.");
            }
            return blobs.keep(bytes).sha256;
        } catch (IOException e) {
            throw new UncheckedIOException("The recipe of the run cannot be read.", e);
        }
    }
}
