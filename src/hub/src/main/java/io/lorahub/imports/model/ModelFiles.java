package io.lorahub.imports.model;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import io.lorahub.basemodel.BaseModels;
import io.lorahub.imports.source.RemoteHubException;
import io.lorahub.imports.source.RemoteJson;
import io.lorahub.imports.source.RepositoryListing;
import io.lorahub.imports.source.RepositoryListing.ListedFile;
import io.lorahub.imports.state.FetchedFile;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** Which files of a repository make up a base model: configuration, tokenizer, and one set of weights. */
final class ModelFiles {

    static final String CONFIG = "config.json";
    static final String INDEX = "model.safetensors.index.json";
    private static final String SINGLE = "model.safetensors";

    private ModelFiles() {}

    /**
     * The files to fetch, small ones first.
     *
     * @throws RemoteHubException if there is no base model
     */
    static List<FetchedFile> of(String repository, RepositoryListing listing) {
        List<FetchedFile> files = new ArrayList<>();
        for (ListedFile file : listing.files()) {
            if (BaseModels.needs(file.path())) {
                files.add(new FetchedFile(
                        file.path(),
                        file.path(),
                        file.size(),
                        file.etag(),
                        file.sha256().orElse(null)));
            }
        }
        for (FetchedFile file : files) {
            BaseModels.sizeFault(file.name(), file.size()).ifPresent(fault -> {
                throw RemoteHubException.lasting(fault);
            });
        }
        if (!has(files, CONFIG)) {
            throw RemoteHubException.lasting(
                    "%s has no config.json at its top, so it isn't a base model.".formatted(repository));
        }
        if (files.stream().anyMatch(ModelFiles::isSafetensors)) {
            files.removeIf(file -> file.name().startsWith("pytorch_model"));
        }
        if (has(files, INDEX)) files.removeIf(file -> file.name().equals(SINGLE));
        else if (has(files, SINGLE))
            files.removeIf(file -> isSafetensors(file) && !file.name().equals(SINGLE));
        if (files.stream().noneMatch(ModelFiles::isWeights)) {
            throw RemoteHubException.lasting(
                    "%s has neither model.safetensors nor pytorch_model.bin, so it has no weights that this hub reads."
                            .formatted(repository));
        }
        files.sort(Comparator.comparing(ModelFiles::isWeights).thenComparing(FetchedFile::name));
        return files;
    }

    private static boolean has(List<FetchedFile> files, String name) {
        return files.stream().anyMatch(file -> file.name().equals(name));
    }

    private static boolean isSafetensors(FetchedFile file) {
        return file.name().endsWith(".safetensors");
    }

    static boolean isWeights(FetchedFile file) {
        return isSafetensors(file) || file.name().endsWith(".bin");
    }

    /**
     * The files without weights that the index doesn't name, such as another precision of the same ones.
     *
     * @param index content of {@code model.safetensors.index.json}
     * @throws RemoteHubException if it is unusable, or a shard that it names is not listed
     */
    static List<FetchedFile> indexed(List<FetchedFile> files, String index) {
        Set<String> shards = new TreeSet<>();
        try {
            JsonNode read = RemoteJson.read(INDEX, index);
            read.path("weight_map").forEach((JsonNode shard) -> shards.add(shard.asText()));
        } catch (JsonProcessingException e) {
            throw RemoteHubException.lasting("%s isn't JSON.".formatted(INDEX));
        }
        if (shards.isEmpty()) throw RemoteHubException.lasting("%s names no shards.".formatted(INDEX));
        for (String shard : shards) {
            if (!has(files, shard)) {
                throw RemoteHubException.lasting(
                        "%s names the shard %s, which the repository doesn't have.".formatted(INDEX, shard));
            }
        }
        return files.stream()
                .filter(file -> !isWeights(file) || shards.contains(file.name()))
                .toList();
    }
}
