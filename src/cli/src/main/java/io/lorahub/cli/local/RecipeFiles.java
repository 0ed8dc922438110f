package io.lorahub.cli.local;

import io.lorahub.adapter.AdapterAddress;
import io.lorahub.cli.terminal.TextLines;
import io.lorahub.cli.terminal.TransferOnTerminal;
import io.lorahub.engine.checkpoint.AdapterFolder;
import io.lorahub.engine.error.EngineException;
import io.lorahub.engine.learning.recipe.WrittenRecipe;
import io.lorahub.engine.learning.recipe.WrittenRecipe.Part;
import io.lorahub.engine.lora.FileHashes;
import io.lorahub.remote.AdapterDownload;
import io.lorahub.remote.HubClient;
import io.lorahub.remote.ModelDownload;
import io.lorahub.remote.ModelDownload.Offer;
import io.lorahub.remote.RemoteException;
import io.lorahub.xdg.UserFolders;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Finds the base model and the adapters that a recipe names. Downloads from the recipe's hub stay in the user's
 * cache.
 */
final class RecipeFiles {

    private final Map<Map<String, String>, Path> given = new HashMap<>();
    private final Optional<HubClient> hub;
    private final PrintWriter err;
    private final List<String> missing = new ArrayList<>();

    RecipeFiles(List<Path> adapters, Optional<HubClient> hub, PrintWriter err) {
        for (Path path : adapters) given.putIfAbsent(hashes(path), path);
        this.hub = hub;
        this.err = err;
    }

    private static Map<String, String> hashes(Path adapter) {
        try (AdapterFolder folder = AdapterFolder.open(adapter)) {
            return FileHashes.of(folder.files());
        }
    }

    /**
     * From its recorded path, the caches of this machine, or the hub.
     *
     * @throws EngineException if it is found nowhere
     */
    Path base(WrittenRecipe recipe) {
        String name = recipe.baseName();
        Optional<Path> here = BaseModelResolver.lookUp(name);
        if (here.isPresent()) return here.get();
        if (hub.isEmpty()) return BaseModelResolver.find(name); // says that there is none
        ModelDownload pull = new ModelDownload(hub.get(), new TransferOnTerminal(err));
        Offer offer = pull.offer(name, recipe.baseFiles())
                .orElseThrow(() -> new EngineException(
                        "There is no base model %s on this machine, and %s doesn't offer the recipe's; give its folder with --base DIR.%s"
                                .formatted(name, hub.get().server(), hub.get().hint())));
        Path folder =
                UserFolders.cache().resolve("models").resolve("%s-%s".formatted(name.replace('/', '-'), offer.key()));
        if (!pull.isThere(folder, offer)) {
            err.println("lorahub: downloading the base model %s from %s, %s; it is kept in %s."
                    .formatted(name, hub.get().server(), TextLines.bytes(offer.bytes()), folder));
            pull.into(folder, offer);
        }
        return folder;
    }

    /**
     * In the order of the recipe: given ones with the same SHA-256, else at their recorded path, else from the hub.
     *
     * @throws EngineException names all that are missing
     */
    List<Path> adapters(WrittenRecipe recipe) {
        List<Path> files = new ArrayList<>();
        for (Part part : recipe.parts()) find(part).ifPresent(files::add);
        if (missing.isEmpty()) return files;
        throw new EngineException(
                "%d of the recipe's %d adapters are missing: %s. Give them with --adapters PATH, which can be a folder of them%s."
                        .formatted(
                                missing.size(),
                                recipe.parts().size(),
                                String.join("; ", missing),
                                hub.isPresent() ? "" : ", or give their hub with --server URL"));
    }

    private Optional<Path> find(Part part) {
        Path same = given.get(part.files());
        if (same != null) return Optional.of(same);
        if (part.path().filter(Files::exists).isPresent()) return part.path();
        try {
            Optional<Path> fetched = part.address().isPresent() && hub.isPresent()
                    ? fetch(part, AdapterAddress.of(part.address().get()))
                    : Optional.empty();
            if (fetched.isEmpty()) missing.add(named(part));
            return fetched;
        } catch (RemoteException | IllegalArgumentException e) {
            missing.add("%s (%s)".formatted(named(part), e.getMessage().replaceAll("\\.$", "")));
            return Optional.empty();
        }
    }

    /** Empty if the hub has the adapter but no version with these files. */
    private Optional<Path> fetch(Part part, AdapterAddress name) {
        AdapterDownload pull = new AdapterDownload(hub.get(), new TransferOnTerminal(err));
        return pull.version(name, part.files()).map(version -> {
            Path folder = UserFolders.cache()
                    .resolve("adapters")
                    .resolve("%s-%s-%s".formatted(name.publisher(), name.name(), key(part.files())));
            return pull.into(folder, version).folder();
        });
    }

    private static String key(Map<String, String> files) {
        return files.values().stream()
                .map(sha256 -> sha256.substring(0, Math.min(12, sha256.length())))
                .collect(Collectors.joining("-"));
    }

    private static String named(Part part) {
        String weights = part.files().entrySet().stream()
                .filter(file -> AdapterFolder.WEIGHTS.contains(file.getKey()))
                .map(Map.Entry::getValue)
                .findFirst()
                .orElse("unknown");
        return "%s, whose weights have a SHA-256 of %.16s…"
                .formatted(part.address().orElse(part.name()), weights);
    }
}
