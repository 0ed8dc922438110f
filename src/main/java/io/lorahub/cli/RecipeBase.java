package io.lorahub.cli;

import io.lorahub.engine.EngineException;
import io.lorahub.engine.learning.WrittenRecipe;
import io.lorahub.remote.HubClient;
import io.lorahub.remote.ModelDownload;
import io.lorahub.remote.ModelDownload.Offer;
import io.lorahub.xdg.UserFolders;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Finds the base model that a recipe names: where it lay, in this machine's cache, else on the hub that the recipe is
 * of. What comes from a hub stays in the user's cache.
 */
final class RecipeBase {

    private final Optional<HubClient> hub;
    private final PrintWriter err;

    RecipeBase(Optional<HubClient> hub, PrintWriter err) {
        this.hub = hub;
        this.err = err;
    }

    /** @throws EngineException where it is nowhere */
    Path of(WrittenRecipe recipe) {
        String name = recipe.baseName();
        Optional<Path> here = BaseModelResolver.lookUp(name);
        if (here.isPresent()) return here.get();
        if (hub.isEmpty()) return BaseModelResolver.find(name); // says that there is none
        ModelDownload pull = new ModelDownload(hub.get(), new TransferOnTerminal(err));
        Offer offer = pull.offer(name, recipe.baseFiles())
                .orElseThrow(() -> new EngineException(
                        "There is no base model %s on this machine, and %s does not hand out the one of the recipe; give its folder as --base DIR.%s"
                                .formatted(name, hub.get().server(), hub.get().hint())));
        Path folder =
                UserFolders.cache().resolve("models").resolve("%s-%s".formatted(name.replace('/', '-'), offer.key()));
        if (!pull.isThere(folder, offer)) {
            err.println("lorahub: fetching the base model %s from %s, %s; it stays in %s."
                    .formatted(name, hub.get().server(), TextLines.bytes(offer.bytes()), folder));
            pull.into(folder, offer);
        }
        return folder;
    }
}
