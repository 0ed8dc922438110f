package io.lorahub.composition.task;

import io.lorahub.composition.RunFormat;
import io.lorahub.engine.error.EngineException;
import io.lorahub.engine.lora.LoraAdapter;
import io.lorahub.engine.lora.merge.KeptModules;
import io.lorahub.engine.model.family.Architecture;
import io.lorahub.engine.model.family.ModelConfig;
import io.lorahub.engine.preset.ExportPreset;
import io.lorahub.engine.preset.PresetExport;
import io.lorahub.engine.preset.PresetOptions;
import io.lorahub.engine.preset.PresetReport;
import io.lorahub.engine.preset.ServingCommands;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/** Writes an adapter as another program loads it. Only a few of its modules are in memory at a time. */
public final class ConversionTask {

    private final ExportPreset preset;
    private final String name;
    private final String folder;
    private final String baseName;
    private final Map<String, String> files;
    private final Map<String, String> base;
    private final boolean saved;

    /** @throws EngineException if the adapter was deleted */
    public ConversionTask(TaskClaim task, TaskRequest.Convert question) {
        preset = ExportPreset.named(question.program());
        if (task.run().isPresent()) {
            TaskClaim.OfRun run = task.run().get();
            name = RunFormat.fileName(run.title());
            folder = name + "-" + preset.id();
            files = run.files();
            baseName = run.claim().baseName;
            base = run.claim().base;
            saved = true; // a result has only what differs from the base model
        } else {
            TaskClaim.OfTask adapter = task.task().orElseThrow();
            if (adapter.versions().isEmpty()) throw new EngineException("The adapter has been deleted meanwhile.");
            TaskClaim.Version version = adapter.versions().get(0);
            name = version.address().substring(version.address().indexOf('/') + 1);
            folder = "%s-%s-%s".formatted(name, version.label(), preset.id());
            files = version.files();
            baseName = adapter.baseName();
            base = adapter.base();
            saved = version.saved();
        }
    }

    /** What the files call the adapter. */
    public String name() {
        return name;
    }

    /** SHA-256 of the adapter's files, by name. */
    public Map<String, String> files() {
        return files;
    }

    /** SHA-256 of the base model's files, by name; empty if the hub doesn't have it. */
    public Map<String, String> base() {
        return base;
    }

    /**
     * @param config of the base model, if the hub knows it
     * @param made   must not exist yet; contains the files afterwards
     * @throws EngineException if the program can't serve the adapter
     */
    public TaskResult answer(LoraAdapter adapter, Optional<ModelConfig> config, Path made) throws IOException {
        if (config.isEmpty() && preset.needsBase()) {
            throw new EngineException(
                    "%s needs config.json of the base model %s, which isn't registered on this hub. An administrator can register it."
                            .formatted(preset.title(), baseName));
        }
        KeptModules kept =
                saved ? KeptModules.listed(adapter, config.flatMap(ModelConfig::tiedModules)) : KeptModules.NONE;
        PresetReport report =
                PresetExport.write(adapter, kept, config, baseName, preset, PresetOptions.standard(), made);
        ServingCommands commands = new ServingCommands(
                baseName,
                name,
                "./" + folder,
                report.rank(),
                config.map(ModelConfig::architecture).orElse(Architecture.DECODER_ONLY));
        return new TaskResult.Convert(
                folder,
                report.modules(),
                report.rank(),
                report.error(),
                report.changes(),
                commands.of(preset),
                ExportTask.bytes(made));
    }
}
