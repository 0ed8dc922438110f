package io.lorahub.engine.model;

import io.lorahub.engine.error.EngineException;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The device, precision and threads for computation.
 *
 * @param device    "cpu", "gpu" or "gpu:N"; empty: the first GPU that libtorch finds, else the CPU
 * @param precision empty: float32 on a CPU, bfloat16 on a GPU
 * @param threads   number of libtorch threads; 0: one for each core, or a single one for a small model; libtorch has
 *                  one number for the whole process
 */
public record Compute(Optional<String> device, Optional<Precision> precision, int threads) {

    private static final Pattern DEVICE = Pattern.compile("cpu|gpu(:\\d{1,3})?|cuda(:\\d{1,3})?");

    /** Limit on threads. libtorch starts all of them, and threads in excess of the cores only wait for each other. */
    private static final int MOST_THREADS = 4 * Runtime.getRuntime().availableProcessors();

    public static final Compute DEFAULT = new Compute(Optional.empty(), Optional.empty(), 0);

    public Compute {
        if (device.isPresent()
                && !DEVICE.matcher(device.get().toLowerCase(Locale.ROOT)).matches()) {
            throw new EngineException("There is no device \"%s\"; use cpu, gpu or gpu:1.".formatted(device.get()));
        }
        if (threads < 0) {
            throw new EngineException("The number of threads must not be negative, but is %d.".formatted(threads));
        }
        if (threads > MOST_THREADS) {
            throw new EngineException(
                    "%d threads are more than make sense on the %d processors of this machine; use at most %d."
                            .formatted(threads, MOST_THREADS / 4, MOST_THREADS));
        }
    }

    /**
     * Returns the device to be used, "cpu" or "gpu:N". Loads libtorch at the first call. Throws EngineException if
     * there is no such device.
     */
    public String chosenDevice() {
        return Torch.chosen(this);
    }

    public static Compute cpu() {
        return new Compute(Optional.of("cpu"), Optional.empty(), 0);
    }

    public Compute with(Precision precision) {
        return new Compute(device, Optional.of(precision), threads);
    }
}
