package io.lorahub.engine.learning;

import com.sun.management.OperatingSystemMXBean;
import io.lorahub.engine.EngineException;
import io.lorahub.engine.lora.LoraAdapter;
import io.lorahub.engine.lora.LoraModule;
import io.lorahub.engine.model.BaseModel;
import io.lorahub.engine.model.Precision;
import io.lorahub.engine.safetensors.DType;
import java.lang.management.ManagementFactory;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;

/**
 * What a run needs in memory, in bytes, known before anything is computed. Beside it a process needs Java's heap and the
 * code of libtorch, which {@link #PROCESS} stands for.
 *
 * @param model      the base model's weights in the type of the run
 * @param mapped     whether they are used where they lie in their files, so that the system may take the memory back
 * @param candidates their factors, stacked as the model takes them
 * @param computing  what an evaluation with its gradient makes; writing the result needs less
 */
public record RunMemory(long model, boolean mapped, long candidates, long computing) {

    /** The heap of a server at its limit, and libtorch. */
    public static final long PROCESS = 800_000_000;

    /** What all layers make of a few examples grows with the model. */
    private static final long BYTES_PER_PARAMETER = 20;

    /** Where a gradient begins to compute layers a second time instead of keeping what they made. */
    private static final long MOST_ACTIVATIONS = 1_000_000_000;

    /** From what a hub has in its database. @param factors numbers in the tensors of all candidates */
    public static RunMemory of(long parameters, Precision precision, long factors) {
        return of(parameters, precision, true, factors * Float.BYTES);
    }

    /** Of opened files. */
    public static RunMemory of(BaseModel base, Precision precision, List<LoraAdapter> candidates) {
        long parameters = 0;
        boolean mapped = true;
        DType computed = precision == Precision.FLOAT32 ? DType.F32 : DType.BF16;
        for (String name : base.weights().names()) {
            parameters += base.weights().info(name).elements();
            mapped &= base.weights().info(name).dtype() == computed;
        }
        return of(parameters, precision, mapped, stacked(candidates));
    }

    private static RunMemory of(long parameters, Precision precision, boolean mapped, long candidates) {
        int bytes = precision == Precision.FLOAT32 ? Float.BYTES : Short.BYTES;
        long activations = Math.min(MOST_ACTIVATIONS, BYTES_PER_PARAMETER * parameters);
        return new RunMemory(parameters * bytes, mapped, candidates, activations + candidates / 2);
    }

    /** Every candidate has as many rows in each module as it has in the one of its highest rank. */
    private static long stacked(List<LoraAdapter> candidates) {
        long rows = 0;
        Map<String, Integer> widths = new HashMap<>();
        for (LoraAdapter candidate : candidates) {
            rows += candidate.modules().values().stream()
                    .mapToInt(LoraModule::rank)
                    .max()
                    .orElse(0);
            candidate.modules().forEach((name, module) -> widths.put(name, module.in() + module.out()));
        }
        return rows
                * Float.BYTES
                * widths.values().stream().mapToLong(Integer::longValue).sum();
    }

    /** Of the machine, or of the container that this process is in. */
    public static long ofMachine() {
        return ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean()).getTotalMemorySize();
    }

    /** What a worker may use where its settings do not say: the rest is for the process itself, and for others. */
    public static long limit(OptionalLong set) {
        return set.orElseGet(() -> ofMachine() / 4 * 3);
    }

    /** What the system cannot take back. */
    public long own() {
        return (mapped ? 0 : model) + candidates + computing;
    }

    public long total() {
        return model + candidates + computing;
    }

    /** Throws EngineException where the run's own memory is more than this machine has. */
    void requireMachine() {
        long available = ofMachine() - PROCESS;
        if (own() > available) throw refusal("this machine has", available, "");
    }

    /**
     * Throws EngineException where a worker has no room for the run.
     *
     * @param limit of the worker
     * @param slots runs that it does at a time, which share the base model and nothing else
     */
    public void requireWorker(long limit, int slots) {
        if (!fitsWorker(limit, slots)) {
            String each = slots == 1 ? "" : " for the base model and %d runs at a time".formatted(slots);
            throw refusal("the worker has", limit, each);
        }
    }

    public boolean fitsWorker(long limit, int slots) {
        return model + slots * (candidates + computing) <= limit;
    }

    private EngineException refusal(String who, long available, String whatFor) {
        return new EngineException("This run needs %s, and %s %s%s. Take fewer candidates or a smaller base model."
                .formatted(sentence(), who, gigabytes(Math.max(0, available)), whatFor));
    }

    /** Such as "4.9 GB", of all. */
    public String brief() {
        return gigabytes(total());
    }

    /** Such as "about 4.9 GB of memory (base model 3.1 GB, candidates 0.4 GB, computing 1.4 GB)". */
    public String sentence() {
        return "about %s of memory (base model %s, candidates %s, computing %s)"
                .formatted(gigabytes(total()), gigabytes(model), gigabytes(candidates), gigabytes(computing));
    }

    private static String gigabytes(long bytes) {
        return bytes < 100_000_000
                ? String.format(Locale.ROOT, "%.0f MB", Math.ceil(bytes / 1e6))
                : String.format(Locale.ROOT, "%.1f GB", bytes / 1e9);
    }
}
