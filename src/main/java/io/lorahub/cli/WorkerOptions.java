package io.lorahub.cli;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** What a worker computes with. Each has a setting of the same name, whose variable the description names. */
final class WorkerOptions {

    @Spec(Spec.Target.MIXEE)
    private CommandSpec command;

    @Option(
            names = "--device",
            paramLabel = "NAME",
            description = "cpu, gpu or gpu:N. LORAHUB_WORKER_DEVICE; default: the first GPU there is, else the CPU.")
    private Optional<String> device;

    @Option(names = "--slots", paramLabel = "N", description = "Runs at a time. LORAHUB_WORKER_SLOTS; default 1.")
    private Optional<Integer> slots;

    @Option(
            names = "--name",
            paramLabel = "NAME",
            description = "How admins see it; no two workers may have the same. LORAHUB_WORKER_NAME; default: host and "
                    + "process.")
    private Optional<String> name;

    @Option(
            names = "--threads",
            paramLabel = "N",
            description = "Threads to compute with. LORAHUB_WORKER_THREADS; default: one a core.")
    private Optional<Integer> threads;

    @Option(
            names = "--memory",
            paramLabel = "BYTES",
            description = "For base models and runs. LORAHUB_WORKER_MEMORY; default: three quarters of the machine's.")
    private Optional<Long> memory;

    /** By the names of the settings; those that were not given are left to the environment. */
    Map<String, String> settings() {
        positive("--slots", slots);
        positive("--threads", threads);
        positive("--memory", memory);
        Map<String, String> settings = new LinkedHashMap<>();
        device.ifPresent(value -> settings.put("lorahub.worker.device", value));
        slots.ifPresent(value -> settings.put("lorahub.worker.slots", value.toString()));
        name.ifPresent(value -> settings.put("lorahub.worker.name", value));
        threads.ifPresent(value -> settings.put("lorahub.worker.threads", value.toString()));
        memory.ifPresent(value -> settings.put("lorahub.worker.memory", value.toString()));
        return settings;
    }

    private void positive(String option, Optional<? extends Number> value) {
        if (value.isPresent() && value.get().longValue() < 1) {
            throw new ParameterException(command.commandLine(), option + " must be at least 1.");
        }
    }
}
