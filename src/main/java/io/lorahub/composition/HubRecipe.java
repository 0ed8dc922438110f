package io.lorahub.composition;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lorahub.engine.learning.Learned;
import io.lorahub.engine.learning.Recipe;
import io.lorahub.engine.learning.Session;
import io.lorahub.engine.learning.Settings;

/** The recipe of a run on a hub: the engine's, without the places of files on the worker. */
final class HubRecipe {

    private HubRecipe() {}

    static ObjectNode of(Session session, RunClaim run, Settings settings, Learned learned) {
        ObjectNode recipe = Recipe.of(session, run.spec().examples(), settings, learned);
        recipe.put("run", run.id().toString());
        ((ObjectNode) recipe.get("base")).put("name", run.baseName()).remove("path");
        for (JsonNode adapter : recipe.get("adapters")) ((ObjectNode) adapter).remove("path");
        return recipe;
    }
}
