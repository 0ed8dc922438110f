package io.lorahub.engine.lora.conversion;

import com.fasterxml.jackson.databind.JsonNode;
import io.lorahub.engine.error.EngineException;
import io.lorahub.engine.lora.AdapterReading;
import io.lorahub.engine.lora.LoraAdapter;
import io.lorahub.engine.lora.check.BaseCopies;
import io.lorahub.engine.lora.check.LoraModule;
import io.lorahub.engine.lora.config.CheckFinding;
import io.lorahub.engine.safetensors.TensorData;
import io.lorahub.engine.safetensors.TensorSource;
import java.nio.file.Path;
import java.util.Locale;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Predicate;

/** Opens adapters that are no plain LoRA, to convert them. All other checks apply to them as to any adapter. */
public final class PlainLora {

    private static final String MAGNITUDE = ".lora_magnitude_vector";

    private PlainLora() {}

    /** Whether the adapter is DoRA; false if its configuration can't be read. */
    public static boolean isDora(Path adapter) {
        return has(adapter, "dora");
    }

    /** Whether the adapter's initialisation changed the base weights, as PiSSA and OLoRA do. */
    public static boolean changedBase(Path adapter) {
        return has(adapter, "changed-base");
    }

    private static boolean has(Path adapter, String code) {
        try (AdapterReading reading = new AdapterReading(adapter)) {
            return reading.findings().stream().map(CheckFinding::code).anyMatch(code::equals);
        }
    }

    /** Opens a DoRA adapter with only its factors, which don't have its effect yet. */
    public static LoraAdapter doraFactors(String name, Path path) {
        return LoraAdapter.load(
                name, path, f -> f.code().equals("dora") || f.subject().contains(MAGNITUDE));
    }

    /**
     * Returns a DoRA adapter with the exact ΔW of each module, whose rank is the smaller one of its sizes. It takes
     * the open file over; an error closes it.
     *
     * @param adapter    as {@link #doraFactors} opens it
     * @param base       weights of the base model
     * @param transposed whether the base model stores a module's weight as [in, out]
     */
    public static LoraAdapter dora(LoraAdapter adapter, TensorSource base, Predicate<String> transposed) {
        try {
            SortedMap<String, LoraModule> modules = new TreeMap<>();
            TensorSource tensors = adapter.folder().orElseThrow().weights();
            adapter.modules().forEach((module, factors) -> {
                if (factors.embedding() || factors.bias().isPresent()) {
                    throw new EngineException(
                            "%s is DoRA on an embedding, or with lora_bias, which LoraHub can't convert."
                                    .formatted(module));
                }
                String weight = BaseCopies.weight(module, base);
                if (!base.names().contains(weight)) {
                    throw new EngineException(
                            "The base model has no %s, which the adapter changes. Give the base model that it was trained on."
                                    .formatted(weight));
                }
                modules.put(
                        module,
                        DoraModule.of(
                                factors, magnitudes(tensors, module), base.tensor(weight), transposed.test(module)));
                adapter.release();
                base.release();
            });
            return new LoraAdapter(
                    adapter.name(), adapter.path(), adapter.config(), modules, adapter.findings(), adapter.folder());
        } catch (RuntimeException e) {
            adapter.close();
            throw e;
        }
    }

    private static TensorData magnitudes(TensorSource tensors, String module) {
        String start = "base_model.model." + module + MAGNITUDE;
        return tensors.names().stream()
                .filter(name -> name.equals(start) || name.startsWith(start + "."))
                .findFirst()
                .map(tensors::tensor)
                .orElseThrow(() -> new EngineException(
                        "The adapter is DoRA, but %s has no lora_magnitude_vector. Save it again.".formatted(module)));
    }

    /**
     * Returns an adapter that was trained from changed base weights. It has its meaning only minus its initial factors:
     * ΔW = s·B·A − s·B₀·A₀.
     */
    public static LoraAdapter factors(String name, Path path) {
        LoraAdapter adapter = LoraAdapter.load(name, path, f -> f.code().equals("changed-base"));
        JsonNode init = adapter.config().json().path("init_lora_weights");
        if (init.asText().toLowerCase(Locale.ROOT).startsWith("loftq")) {
            adapter.close();
            throw new EngineException(
                    "LoftQ also quantises the base weights, so %s can't be converted. Train it on the original base model."
                            .formatted(path));
        }
        return adapter;
    }

    /** Throws EngineException unless the initial factors are for the same modules as the trained ones. */
    public static void requireInitial(LoraAdapter trained, LoraAdapter initial) {
        boolean same = trained.modules().keySet().equals(initial.modules().keySet())
                && trained.modules().values().stream()
                        .allMatch(m -> isSame(m, initial.modules().get(m.name())));
        if (same) return;
        throw new EngineException("%s doesn't hold the initial factors of %s: they are for other modules or shapes."
                .formatted(initial.path(), trained.path()));
    }

    private static boolean isSame(LoraModule m, LoraModule o) {
        return m.in() == o.in() && m.out() == o.out();
    }
}
