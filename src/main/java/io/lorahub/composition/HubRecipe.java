package io.lorahub.composition;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lorahub.engine.learning.LearnedMix;
import io.lorahub.engine.learning.LearningSession;
import io.lorahub.engine.learning.LearningSettings;
import io.lorahub.engine.learning.Recipe;
import java.net.URI;
import java.util.Optional;

/**
 * The recipe of a run on a hub: the engine's, with the addresses of what it names instead of places on the worker.
 *
 * @param hub where others reach it; empty where nobody has said
 */
record HubRecipe(Optional<URI> hub) {

    ObjectNode of(LearningSession session, RunClaim run, LearningSettings settings, LearnedMix learned) {
        ObjectNode recipe = Recipe.of(session, run.spec().examples(), settings, learned);
        hub.ifPresent(address -> recipe.put("hub", address.toString()));
        recipe.put("run", run.id().toString());
        ((ObjectNode) recipe.get("base")).put("name", run.baseName()).remove("path");
        for (JsonNode adapter : recipe.get("adapters")) {
            String name = adapter.path("name").asText();
            ((ObjectNode) adapter)
                    .put("address", name + "@" + run.versions().get(name))
                    .remove("path");
        }
        return recipe;
    }
}
