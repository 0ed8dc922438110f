package io.lorahub.engine.learning.export;

import io.lorahub.engine.error.EngineException;
import io.lorahub.engine.learning.LearningSession;
import io.lorahub.engine.lora.LoraAdapter;
import io.lorahub.engine.lora.merge.AtomicFolder;
import io.lorahub.engine.lora.merge.KeptModules;
import io.lorahub.engine.lora.merge.MergeMethod;
import io.lorahub.engine.lora.merge.MergeOperator;
import io.lorahub.engine.model.AdapterBank;
import io.lorahub.engine.model.BaseModel;
import io.lorahub.engine.model.FusedWeight;
import io.lorahub.engine.model.family.ModelConfig;
import io.lorahub.engine.safetensors.DType;
import io.lorahub.engine.safetensors.PlannedTensor;
import io.lorahub.engine.safetensors.SafetensorsWriter;
import io.lorahub.engine.safetensors.TensorData;
import io.lorahub.engine.safetensors.TensorInfo;
import io.lorahub.engine.safetensors.TensorSource;
import io.lorahub.engine.safetensors.TensorSource.Rows;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The base model with the mix added to its weights: a folder that any program can load without support for LoRA.
 * Tensors are computed and written one by one, in float32 from the base model's files, whatever type the run computed
 * in.
 */
public final class FusedModel {

    private static final List<String> COPIED = List.of(
            "config.json",
            "generation_config.json",
            "chat_template.jinja",
            "chat_template.json",
            "tokenizer.json",
            "tokenizer_config.json",
            "special_tokens_map.json",
            "added_tokens.json",
            "tokenizer.model",
            "spiece.model",
            "vocab.json",
            "merges.txt");

    /** Number of elements of a weight that are converted at once. */
    private static final int PIECE_ELEMENTS = 1 << 20;

    private final LearningSession session;
    private final AdapterBank bank;
    private final BaseModel base;
    private final double[] weights;
    private final KeptModules kept;
    private double change;
    private double lost;

    private FusedModel(LearningSession session, AdapterBank bank, double[] weights, KeptModules kept) {
        this.session = session;
        this.bank = bank;
        this.base = session.base();
        this.weights = weights;
        this.kept = kept;
    }

    /** Throws EngineException for biases and modules that a model's files have no place for. */
    static void requirePossible(List<LoraAdapter> adapters, KeptModules kept) {
        requirePossible(kept);
        adapters.stream()
                .filter(a ->
                        a.modules().values().stream().anyMatch(m -> m.bias().isPresent()))
                .findFirst()
                .ifPresent(a -> {
                    throw new EngineException(
                            "The adapter %s adds a bias (lora_bias), which model files have no place for, so no full model can be written. Leave out the adapter or the full model."
                                    .formatted(a.name()));
                });
    }

    private static void requirePossible(KeptModules kept) {
        kept.modules().stream()
                .filter(module -> module.endsWith(".embed_tokens")
                        && (module.startsWith("encoder.") || module.startsWith("decoder.")))
                .findFirst()
                .ifPresent(module -> {
                    throw new EngineException(
                            "%s replaces %s (modules_to_save), but in T5's files encoder and decoder share one embedding, so no full model can be written. Leave out the adapter or the full model."
                                    .formatted(kept.adapter().orElseThrow().name(), module));
                });
    }

    /**
     * Writes a mix's model to an existing folder. Every tensor keeps the type that it has in the base model's files.
     *
     * @return the part of the change lost by rounding to that type, relative to the norm of the change; 0 for float32
     *     files
     */
    public static double write(LearningSession session, double[] weights, Path folder) throws IOException {
        return write(session, session.bank(), weights, session.kept(weights), folder);
    }

    /** Writes the model of a mix whose adapter is written, to the folder "fused" in the adapter's; returns the same. */
    static double writeBeside(LearningSession session, double[] weights, MergeOperator operator, Path adapter) {
        double[] error = new double[1];
        try {
            AtomicFolder.write(
                    adapter.resolve("fused"),
                    false,
                    part -> error[0] = operator.method() == MergeMethod.CAT
                            ? write(session, weights, part)
                            : writeMerged(session, weights, adapter, part));
        } catch (EngineException e) {
            throw new EngineException(
                    "The adapter is written, but not the full model beside it. %s".formatted(e.getMessage()), e);
        }
        return error[0];
    }

    private static double writeMerged(LearningSession session, double[] weights, Path adapter, Path folder)
            throws IOException {
        try (LoraAdapter merged = LoraAdapter.load("merged", adapter);
                AdapterBank bank = session.model().bankInPlace(merged)) {
            return write(session, bank, new double[] {1}, session.kept(weights), folder);
        }
    }

    private static double write(
            LearningSession session, AdapterBank bank, double[] weights, KeptModules kept, Path folder)
            throws IOException {
        requirePossible(kept);
        return new FusedModel(session, bank, weights, kept).write(folder);
    }

    private double write(Path folder) throws IOException {
        Map<String, PlannedTensor> tensors = new LinkedHashMap<>();
        for (String name : base.weights().names()) {
            tensors.put(name, PlannedTensor.copyOf(base.weights(), name));
        }
        ModelConfig config = base.config();
        boolean tied = config.tied();
        String outputLayer = config.outputLayer();
        if (tied) tensors.remove(outputLayer + ".weight"); // an unused copy
        for (String module : bank.modules()) {
            boolean output = tied && module.equals(outputLayer);
            String source = (output ? config.embedding() : module) + ".weight";
            if (output || tensors.containsKey(source)) tensors.put(module + ".weight", changed(module, source));
        }
        replace(tensors);
        SafetensorsWriter.writePlanned(folder.resolve("model.safetensors"), tensors, Map.of("format", "pt"));
        base.weights().release();
        for (String file : COPIED) {
            if (Files.isRegularFile(base.folder().resolve(file))) {
                Files.copy(base.folder().resolve(file), folder.resolve(file));
            }
        }
        FusedConfig.adaptTokenizer(folder.resolve("tokenizer_config.json"));
        FusedConfig.adapt(folder.resolve("config.json"), tied && tensors.containsKey(outputLayer + ".weight"));
        return change == 0 ? 0 : Math.sqrt(lost / change);
    }

    /** Puts replaced modules in place of the base model's. One that was tied gets a weight of its own. */
    private void replace(Map<String, PlannedTensor> tensors) {
        ModelConfig config = base.config();
        String embedding = config.embedding();
        String output = config.outputLayer();
        Map<String, String> replaced = new LinkedHashMap<>(kept.tensors());
        if (config.tied() && replaced.containsKey(embedding)) {
            if (replaced.get(embedding).equals(replaced.get(output))) {
                replaced.remove(output); // still tied
            } else if (!replaced.containsKey(output) && !tensors.containsKey(output + ".weight")) {
                tensors.put(output + ".weight", untied(base.weights(), embedding + ".weight", embedding));
            }
        }
        replaced.forEach((module, tensor) -> tensors.put(
                module + ".weight",
                config.tied() && module.equals(output)
                        ? untied(kept.source(), tensor, embedding)
                        : replaced(kept.source(), tensor, module, 1)));
    }

    /** The weight of a tied model's output layer, for one that isn't tied. */
    private PlannedTensor untied(TensorSource source, String tensor, String embedding) {
        return replaced(source, tensor, embedding, (float) base.config().tiedScale());
    }

    /** @param module the module whose weight in the base model has the type and is replaced */
    private PlannedTensor replaced(TensorSource source, String tensor, String module, float scale) {
        TensorInfo info = base.weights().info(module + ".weight");
        long width = info.shape()[1];
        long rows = Math.max(1, PIECE_ELEMENTS / Math.max(1, width));
        return new PlannedTensor(info, sink -> {
            Iterator<Rows> before = base.weights()
                    .rows(module + ".weight", rows * width * info.dtype().bytes())
                    .iterator();
            Iterator<Rows> after = source.rows(
                            tensor, rows * width * source.info(tensor).dtype().bytes())
                    .iterator();
            while (after.hasNext()) {
                sink.write(converted(
                        before.next().data().toFloats(), after.next().data().toFloats(), scale, info.dtype()));
            }
        });
    }

    private PlannedTensor changed(String module, String source) {
        TensorInfo info = base.weights().info(source);
        // an untied model does not scale the states before the output layer, so the scale goes into the layer's weight
        ModelConfig config = base.config();
        boolean untied = config.tied() && module.equals(config.outputLayer());
        float scale = untied ? (float) config.tiedScale() : 1;
        return new PlannedTensor(info, sink -> {
            for (Iterator<Rows> pieces = base.weights().rows(source).iterator(); pieces.hasNext(); ) {
                try (FusedWeight fused = session.model().fuse(bank, weights, module, pieces.next())) {
                    long step = Math.max(1, PIECE_ELEMENTS / info.shape()[1]);
                    for (long from = 0; from < fused.rows(); from += step) {
                        long to = Math.min(fused.rows(), from + step);
                        sink.write(converted(fused.before(from, to), fused.after(from, to), scale, info.dtype()));
                    }
                }
            }
        });
    }

    private ByteBuffer converted(float[] before, float[] after, float scale, DType type) {
        ByteBuffer bytes = ByteBuffer.allocate(Math.multiplyExact(after.length, type.bytes()))
                .order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < after.length; i++) {
            double added = (double) after[i] - before[i];
            float value = scale == 1 ? after[i] : after[i] * scale;
            double rounding = put(bytes, value, type) - (double) value;
            change += added * added;
            lost += rounding * rounding / ((double) scale * scale);
        }
        return bytes.flip();
    }

    /** Writes the value and returns it as rounded to the type. */
    private static double put(ByteBuffer bytes, float value, DType type) {
        switch (type) {
            case F32 -> bytes.putFloat(value);
            case F64 -> bytes.putDouble(value);
            case BF16 -> {
                short bits = TensorData.bfloat16(value);
                bytes.putShort(bits);
                return Float.intBitsToFloat(bits << 16);
            }
            case F16 -> {
                short bits = TensorData.finiteFloat16(value);
                bytes.putShort(bits);
                return TensorData.halfToFloat(bits);
            }
            default -> throw new EngineException("A weight of the type %s cannot be fused.".formatted(type));
        }
        return value;
    }
}
