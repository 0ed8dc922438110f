package io.lorahub.engine.inspection;

import com.fasterxml.jackson.databind.JsonNode;
import io.lorahub.engine.checkpoint.ModelFolder;
import io.lorahub.engine.checkpoint.PrefixedTensors;
import io.lorahub.engine.error.EngineException;
import io.lorahub.engine.lora.FileHashes;
import io.lorahub.engine.lora.TensorTotals;
import io.lorahub.engine.lora.config.CheckFinding;
import io.lorahub.engine.lora.config.ConfigFile;
import io.lorahub.engine.lora.config.FindingCollector;
import io.lorahub.engine.model.family.ModelConfig;
import io.lorahub.engine.model.family.ModelFamilies;
import io.lorahub.engine.safetensors.TensorSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.stream.Stream;

/** Opens a base model's folder and runs all checks on it. Unreadable content becomes a finding. */
final class ModelReading implements AutoCloseable {

    private final FindingCollector collector = new FindingCollector();
    private final ModelContents contents;

    ModelReading(Path folder) {
        Optional<JsonNode> json = ConfigFile.read(folder.resolve("config.json"), collector);
        Optional<TensorSource> tensors = tensors(folder);
        Optional<ModelConfig> config = json.flatMap(j -> config(j, tensors));
        contents = new ModelContents(
                folder,
                config,
                tensors.map(t ->
                        PrefixedTensors.of(t, config.map(ModelConfig::prefix).orElse(""))));
        ModelCheck.ALL.forEach(check -> check.check(contents, collector));
    }

    List<CheckFinding> findings() {
        return collector.findings();
    }

    /** Empty if the configuration cannot be read or has more layers than any real model. */
    Optional<ModelConfig> config() {
        return contents.config().filter(ModelTensorsCheck::isPossible);
    }

    Optional<TensorSource> tensors() {
        return contents.tensors();
    }

    /** Empty if the configuration or the weights cannot be read at all. */
    Optional<ModelSummary> summary() {
        if (contents.config().isEmpty() || contents.tensors().isEmpty()) return Optional.empty();
        return Optional.of(new ModelSummary(
                contents.config().get().modelType(),
                contents.config().get(),
                TensorTotals.of(contents.tensors().get()),
                hashes(contents.folder())));
    }

    @Override
    public void close() {
        contents.tensors().ifPresent(TensorSource::close);
    }

    private Optional<ModelConfig> config(JsonNode json, Optional<TensorSource> tensors) {
        try {
            return Optional.of(
                    ModelFamilies.of(json, tensors.map(TensorSource::names).orElse(Set.of())));
        } catch (EngineException e) {
            collector.accept(CheckFinding.error("model-unsupported", "config.json", e.getMessage(), ""));
            return Optional.empty();
        }
    }

    private Optional<TensorSource> tensors(Path folder) {
        try {
            return Optional.of(ModelFolder.open(folder));
        } catch (EngineException e) {
            collector.accept(CheckFinding.error("unreadable", folder.toString(), e.getMessage(), ""));
            return Optional.empty();
        }
    }

    private static SortedMap<String, String> hashes(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            return FileHashes.of(files.filter(Files::isRegularFile).toList());
        } catch (IOException e) {
            throw new EngineException("The folder %s cannot be read: %s.".formatted(folder, e.getMessage()), e);
        }
    }
}
