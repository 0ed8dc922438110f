package io.lorahub.composition.model;

import io.lorahub.engine.learning.RunMemory;
import io.lorahub.engine.model.Compute;
import io.lorahub.engine.model.Precision;
import jakarta.enterprise.context.ApplicationScoped;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.UUID;

/** The device that this worker computes on. */
@ApplicationScoped
public class WorkerDevice {

    private static final String CPU = "cpu";
    private static final String MACHINE = thisMachine();

    private final WorkerConfig config;
    private volatile String chosen;
    private volatile int workers = 1;

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
        return chosen.equals(CPU) ? mainMemory() : Long.MAX_VALUE;
    }

    /** Limit on main memory for base models and runs in bytes. */
    public long mainMemory() {
        return config.memory().orElseGet(() -> RunMemory.limit() / workers);
    }

    /** Divides the memory of the machine, unless a limit is set. */
    public void shareMemory(int workers) {
        this.workers = workers;
    }

    /**
     * What workers that share memory have in common: one start of the system and, for containers have limits of their own,
     * one host name. Empty if this worker's limit is set.
     */
    public Optional<String> machine() {
        return config.memory().isPresent() ? Optional.empty() : Optional.of(MACHINE);
    }

    private static String thisMachine() {
        try {
            return Files.readString(Path.of("/proc/sys/kernel/random/boot_id")).strip() + " "
                    + InetAddress.getLocalHost().getHostName();
        } catch (IOException e) {
            return UUID.randomUUID().toString(); // not Linux, or no host name: the memory is not shared
        }
    }

    public int cores() {
        return Runtime.getRuntime().availableProcessors();
    }

    Compute compute(Precision precision) {
        return new Compute(config.device(), Optional.of(precision), config.threads());
    }
}
