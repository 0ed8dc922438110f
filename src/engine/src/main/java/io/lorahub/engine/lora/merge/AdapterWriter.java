package io.lorahub.engine.lora.merge;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lorahub.engine.error.EngineException;
import io.lorahub.engine.lora.check.LoraModule;
import io.lorahub.engine.lora.check.TensorName;
import io.lorahub.engine.lora.check.TensorName.Part;
import io.lorahub.engine.safetensors.DType;
import io.lorahub.engine.safetensors.PlannedTensor;
import io.lorahub.engine.safetensors.SafetensorsWriter;
import io.lorahub.engine.safetensors.TensorData;
import io.lorahub.engine.safetensors.TensorInfo;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Supplier;

/**
 * Writes an adapter in PEFT's format: {@code adapter_config.json} and {@code adapter_model.safetensors}. All modules have
 * the same rank (smaller ones are padded with zeros) and scale 1, so that every program that supports LoRA can read it.
 */
public final class AdapterWriter {

    /**
     * @param overwrite   whether an existing, non-empty folder may be replaced
     * @param baseModules names of all modules of the base model, for short target_modules; may be empty
     * @param moreFiles   texts of additional files by file name
     * @param revision    revision of the base model, unless it is the default
     * @param taskType    PEFT's task_type
     * @param transposed  whether the base model stores the weights of the adapted modules as [in, out]
     * @param type        type of the tensors: F32, F16 or BF16
     */
    public record Options(
            boolean overwrite,
            Collection<String> baseModules,
            Map<String, String> moreFiles,
            Optional<String> revision,
            String taskType,
            boolean transposed,
            DType type) {

        public Options(
                boolean overwrite,
                Collection<String> baseModules,
                Map<String, String> moreFiles,
                Optional<String> revision,
                String taskType,
                boolean transposed) {
            this(overwrite, baseModules, moreFiles, revision, taskType, transposed, DType.F32);
        }

        public Options(boolean overwrite, Collection<String> baseModules, Map<String, String> moreFiles) {
            this(overwrite, baseModules, moreFiles, Optional.empty(), SEQ_2_SEQ_LM, false);
        }

        public static Options standard() {
            return new Options(false, List.of(), Map.of());
        }
    }

    private static final String SEQ_2_SEQ_LM = "SEQ_2_SEQ_LM";

    private AdapterWriter() {}

    public static void write(
            Path dir, String baseModelName, SortedMap<String, LoraModule> modules, Map<String, String> metadata) {
        write(dir, baseModelName, LoraModules.of(modules), metadata, Options.standard());
    }

    /** Writes an adapter that replaces no module. */
    public static void write(
            Path dir, String baseModelName, LoraModules modules, Map<String, String> metadata, Options options) {
        write(dir, baseModelName, modules, KeptModules.NONE, metadata, options);
    }

    /**
     * Writes the adapter, requesting its modules one by one.
     *
     * @param kept     modules that it replaces as a whole
     * @param metadata texts for the header of the tensor file
     */
    public static void write(
            Path dir,
            String baseModelName,
            LoraModules modules,
            KeptModules kept,
            Map<String, String> metadata,
            Options options) {
        requireExpressible(modules);
        boolean bias = modules.shapes().values().stream().anyMatch(ModuleShape::bias);
        int rank = modules.rank();
        String config = config(
                baseModelName,
                options,
                rank,
                bias,
                kept.modules(),
                ShortestTargets.exactly(modules.shapes().keySet(), options.baseModules()));
        Map<String, String> header = new TreeMap<>(metadata);
        header.put("format", "pt");
        AtomicFolder.write(dir, options.overwrite(), folder -> {
            Map<String, PlannedTensor> tensors = tensors(UniformModules.of(modules, rank), rank, bias, options.type());
            tensors.putAll(kept.planned());
            SafetensorsWriter.writePlanned(folder.resolve("adapter_model.safetensors"), tensors, header);
            Files.writeString(folder.resolve("adapter_config.json"), config);
            for (var file : options.moreFiles().entrySet()) {
                Files.writeString(folder.resolve(file.getKey()), file.getValue());
            }
        });
    }

    private static void requireExpressible(LoraModules modules) {
        if (modules.isEmpty()) {
            throw new EngineException(
                    "There is nothing to write: the composition adapts no module (all weights are 0). Give an adapter another weight.");
        }
        boolean embedding = modules.shapes().values().stream().anyMatch(ModuleShape::embedding);
        if (embedding && modules.shapes().values().stream().anyMatch(ModuleShape::bias)) {
            throw new EngineException("PEFT has no lora_bias in adapters that adapt an embedding, so this mix cannot be"
                    + " written as one; leave out the adapters with lora_bias or those of the embedding.");
        }
    }

    /** Uses only keys that PEFT 0.9 and all later versions know. */
    private static String config(
            String baseModel,
            Options options,
            int rank,
            boolean loraBias,
            List<String> kept,
            Collection<String> targets) {
        ObjectNode json = new ObjectMapper().createObjectNode();
        json.putNull("auto_mapping");
        json.put("base_model_name_or_path", baseModel);
        json.put("bias", "none");
        json.put("fan_in_fan_out", options.transposed());
        json.put("inference_mode", true);
        json.put("init_lora_weights", true);
        json.put("lora_alpha", rank);
        if (loraBias) json.put("lora_bias", true); // supported since PEFT 0.14
        json.put("lora_dropout", 0.0);
        if (kept.isEmpty()) json.putNull("modules_to_save");
        else kept.forEach(json.putArray("modules_to_save")::add);
        json.put("peft_type", "LORA");
        json.put("r", rank);
        json.putObject("alpha_pattern");
        json.putObject("rank_pattern");
        json.put("revision", options.revision().orElse(null));
        targets.forEach(json.putArray("target_modules")::add);
        json.put("task_type", options.taskType());
        json.put("use_rslora", false);
        return json.toPrettyString() + "\n";
    }

    /** @param uniform modules of this rank and scale 1 */
    private static Map<String, PlannedTensor> tensors(LoraModules uniform, int rank, boolean bias, DType type) {
        Map<String, PlannedTensor> tensors = new LinkedHashMap<>();
        uniform.shapes().forEach((name, shape) -> {
            tensors.put(
                    TensorName.of(name, shape.embedding() ? Part.EMBEDDING_A : Part.A),
                    planned(type, () -> uniform.get(name).a(), rank, shape.in()));
            tensors.put(
                    TensorName.of(name, shape.embedding() ? Part.EMBEDDING_B : Part.B),
                    planned(type, () -> uniform.get(name).b(), shape.out(), rank));
            if (bias) {
                // lora_bias applies to all modules or to no module
                tensors.put(
                        TensorName.of(name, Part.BIAS),
                        planned(
                                type,
                                () -> uniform.get(name)
                                        .bias()
                                        .orElseGet(() -> TensorData.of(new float[shape.out()], shape.out())),
                                shape.out()));
            }
        });
        return tensors;
    }

    private static PlannedTensor planned(DType type, Supplier<TensorData> tensor, long... shape) {
        return PlannedTensor.of(new TensorInfo(type, shape), () -> tensor.get().rounded(type));
    }
}
