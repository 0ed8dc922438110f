package io.lorahub.composition.model;

import io.lorahub.engine.learning.RunMemory;
import io.lorahub.engine.model.Compute;
import io.lorahub.engine.model.Precision;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Optional;

/** The device that this worker computes on. */
@ApplicationScoped
public class WorkerDevice {

    private static final String CPU = "cpu";

    private final WorkerConfig config;
    private volatile String chosen;

    WorkerDevice(WorkerConfig config) {
        this.config = config;
        this.chosen = config.device().orElse(CPU);
    }

    /**
     * Finds the configured device, or the best one.
     *
     * @throws io.lorahub.engine.error.EngineException if there is no such device
     */
    public void check() {
        Compute compute = new Compute(config.device(), Optional.empty(), config.threads());
        boolean accelerator =
                config.device().isPresent() && !config.device().get().equalsIgnoreCase(CPU);
        if (accelerator || config.warm()) chosen = compute.chosenDevice();
    }

    /** The device's name: "cpu" or "gpu:N". */
    public String name() {
        return chosen;
    }

    /** Memory limit for base models and runs in bytes. A GPU's own memory is not compared before a run starts. */
    public long memory() {
        return chosen.equals(CPU) ? RunMemory.limit(config.memory()) : Long.MAX_VALUE;
    }

    public int cores() {
        return Runtime.getRuntime().availableProcessors();
    }

    Compute compute(Precision precision) {
        return new Compute(config.device(), Optional.of(precision), config.threads());
    }
}
