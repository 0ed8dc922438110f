package io.lorahub.engine.learning;

import com.sun.management.OperatingSystemMXBean;
import io.lorahub.engine.lora.LoraAdapter;
import io.lorahub.engine.lora.check.BaseCopies;
import io.lorahub.engine.lora.check.LoraModule;
import io.lorahub.engine.model.BaseModel;
import io.lorahub.engine.model.Precision;
import io.lorahub.engine.safetensors.DType;
import java.lang.management.ManagementFactory;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Memory requirements of a run in bytes, estimated before the computation. The process also needs memory for Java's
 * heap and the code of libtorch, estimated by {@link #PROCESS}.
 *
 * @param model      the base model's weights in the type of the run
 * @param mapped     whether the weights are used directly from their files, so that the system can reclaim the memory
 * @param candidates the candidates' factors, stacked for the model
 * @param computing  memory for an evaluation with its gradient; writing the result needs less
 */
public record RunMemory(long model, boolean mapped, long candidates, long computing) {

    /** The maximum heap of a server, and libtorch. */
    public static final long PROCESS = 800_000_000;

    /** Activations of all layers for a few examples; they grow with the model. */
    private static final long BYTES_PER_PARAMETER = 20;

    /** Limit on activations, beyond which a gradient recomputes layers instead of keeping their results. */
    private static final long MOST_ACTIVATIONS = 1_000_000_000;

    /**
     * Estimates from the data in a hub's database.
     *
     * @param factors numbers in the tensors of all candidates
     */
    public static RunMemory of(long parameters, Precision precision, long factors) {
        return of(parameters, precision, true, factors * Float.BYTES);
    }

    /** Estimates from opened files. */
    public static RunMemory of(BaseModel base, Precision precision, List<LoraAdapter> candidates) {
        long parameters = 0;
        boolean mapped = true;
        DType computed = precision == Precision.FLOAT32 ? DType.F32 : DType.BF16;
        for (String name : base.weights().names()) {
            parameters += base.weights().info(name).elements();
            mapped &= base.weights().info(name).dtype() == computed;
        }
        return of(parameters, precision, mapped, stacked(candidates) + saved(candidates, computed));
    }

    /**
     * Returns the size of the modules that one candidate can have saved whole, unless they are used directly from its
     * file. Whether they differ from the base model's isn't known yet.
     */
    private static long saved(List<LoraAdapter> candidates, DType computed) {
        return candidates.stream()
                .flatMapToLong(candidate -> candidate.folder().stream()
                        .mapToLong(folder -> BaseCopies.saved(folder.weights(), candidate.config())
                                .map(folder.weights()::info)
                                .filter(info -> info.dtype() != computed)
                                .mapToLong(info -> info.elements() * computed.bytes())
                                .sum()))
                .max()
                .orElse(0);
    }

    private static RunMemory of(long parameters, Precision precision, boolean mapped, long candidates) {
        int bytes = precision == Precision.FLOAT32 ? Float.BYTES : Short.BYTES;
        long activations = Math.min(MOST_ACTIVATIONS, BYTES_PER_PARAMETER * parameters);
        return new RunMemory(parameters * bytes, mapped, candidates, activations + candidates / 2);
    }

    /**
     * Returns the size of the stacked factors in bytes. A candidate's highest rank determines its number of rows in
     * every module.
     */
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

    /**
     * The same for a run whose mix is trained after the search: its factors, their derivatives and the two means of Adam, at most at
     * the rank of all candidates together.
     */
    public RunMemory refining() {
        return new RunMemory(model, mapped, candidates, computing + 4 * candidates);
    }

    /**
     * The same for a run whose examples are known.
     *
     * @param bytes what their losses and gradients take, see {@link io.lorahub.engine.model.LanguageModel#passBytes}
     */
    public RunMemory reading(long bytes) {
        return new RunMemory(model, mapped, candidates, Math.max(computing, bytes + candidates / 2));
    }

    /** Returns the memory of the machine, or of the container that runs this process. */
    public static long ofMachine() {
        return ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean()).getTotalMemorySize();
    }

    /** Returns the memory for all workers of this machine, which leaves some for their processes and for others. */
    public static long limit() {
        return ofMachine() / 4 * 3;
    }

    /** Returns the memory that the system cannot reclaim. */
    public long own() {
        return (mapped ? 0 : model) + candidates + computing;
    }

    public long total() {
        return model + candidates + computing;
    }

    /** Throws RunTooLargeException if the run's own memory exceeds this machine's. */
    void requireMachine() {
        long available = ofMachine() - PROCESS;
        if (own() > available) throw new RunTooLargeException(refusal("this machine has", available, 1), this);
    }

    /**
     * Checks the run against a worker's memory limit.
     *
     * @param limit memory limit of the worker
     * @param slots simultaneous runs, which share only the base model
     * @throws RunTooLargeException if it does not fit
     */
    public void requireWorker(long limit, int slots) {
        if (!fitsWorker(limit, slots)) {
            throw new RunTooLargeException(refusal("the worker has", limit, slots), this);
        }
    }

    public boolean fitsWorker(long limit, int slots) {
        return model + slots * (candidates + computing) <= limit;
    }

    /**
     * Why the run is refused, in two sentences.
     *
     * @param who   such as "the worker has"
     * @param limit its memory for runs
     * @param slots its simultaneous runs
     */
    public String refusal(String who, long limit, int slots) {
        String each = slots == 1 ? "" : " for the base model and %d runs at a time".formatted(slots);
        return "This run needs %s, but %s %s%s. Use fewer candidates, shorter examples or a smaller base model."
                .formatted(sentence(), who, gigabytes(Math.max(0, limit)), each);
    }

    /** Formats the total, for example "4.9 GB". */
    public String brief() {
        return gigabytes(total());
    }

    /**
     * Formats the details, for example "about 4.9 GB of memory (base model 3.1 GB, candidates 0.4 GB, computing 1.4
     * GB)".
     */
    public String sentence() {
        return "about %s of memory (base model %s, candidates %s, computing %s)"
                .formatted(gigabytes(total()), gigabytes(model), gigabytes(candidates), gigabytes(computing));
    }

    /** Formats a number of bytes, for example "4.9 GB" or "20 MB". */
    public static String gigabytes(long bytes) {
        return bytes < 100_000_000
                ? String.format(Locale.ROOT, "%.0f MB", Math.ceil(bytes / 1e6))
                : String.format(Locale.ROOT, "%.1f GB", bytes / 1e9);
    }
}
