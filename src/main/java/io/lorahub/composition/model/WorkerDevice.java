package io.lorahub.composition.model;

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

    public int cores() {
        return Runtime.getRuntime().availableProcessors();
    }

    Compute compute(Precision precision) {
        return new Compute(config.device(), Optional.of(precision), config.threads());
    }
}
