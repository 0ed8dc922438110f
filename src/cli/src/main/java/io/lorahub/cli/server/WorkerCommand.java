package io.lorahub.cli.server;

import io.lorahub.cli.terminal.ExitCode;
import io.lorahub.serve.Server;
import io.lorahub.serve.ServerRole;
import io.lorahub.settings.features.FeatureSettings;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

@Command(
        name = "worker",
        description = {"Runs jobs of a hub that another process serves, on the same database and store.", ""},
        footer = {
            "",
            "As for the hub, set LORAHUB_DATABASE_URL (postgresql://host:5432/name),",
            "LORAHUB_DATABASE_USERNAME and LORAHUB_DATABASE_PASSWORD. If the hub keeps its",
            "files in S3, set the same LORAHUB_STORAGE_… variables; otherwise give the same",
            "--data. After SIGTERM a worker ends its current point, and others resume its runs.",
            "",
            "lorahub worker --device gpu:0 --slots 2"
        })
public final class WorkerCommand implements Callable<Integer> {

    @Spec
    private CommandSpec command;

    @Mixin
    private ServerAddressOptions address;

    @Option(
            names = "--port",
            paramLabel = "N",
            defaultValue = "${env:LORAHUB_PORT:-0}",
            description = "The port of the health check; 0 picks a free one. LORAHUB_PORT; default 0.")
    private int port;

    // each has a setting of the same name, whose variable the description names

    @Option(
            names = "--device",
            paramLabel = "NAME",
            description = "cpu, gpu or gpu:N. LORAHUB_WORKER_DEVICE; default: the first GPU, else the CPU.")
    private Optional<String> device;

    @Option(names = "--slots", paramLabel = "N", description = "Runs at a time. LORAHUB_WORKER_SLOTS; default 1.")
    private Optional<Integer> slots;

    @Option(
            names = "--name",
            paramLabel = "NAME",
            description = "The name that admins see, different for each worker. LORAHUB_WORKER_NAME; default: host and "
                    + "process.")
    private Optional<String> name;

    @Option(
            names = "--threads",
            paramLabel = "N",
            description = "Number of threads. LORAHUB_WORKER_THREADS; default: one per core.")
    private Optional<Integer> threads;

    @Option(
            names = "--memory",
            paramLabel = "BYTES",
            description =
                    "Memory for base models and runs. LORAHUB_WORKER_MEMORY; default: three quarters of the machine's.")
    private Optional<Long> memory;

    @Override
    public Integer call() {
        if (System.getenv("LORAHUB_DATABASE_URL") == null) {
            throw new ParameterException(command.commandLine(), "Set LORAHUB_DATABASE_URL to the hub's PostgreSQL.");
        }
        new Server(address.with(port, Optional.empty(), ServerRole.WORKER).with(settings()), FeatureSettings.ALL).run();
        return ExitCode.OK;
    }

    /** By the names of the settings; those that were not given are left to the environment. */
    private Map<String, String> settings() {
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
