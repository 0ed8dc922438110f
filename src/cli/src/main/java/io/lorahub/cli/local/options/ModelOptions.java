package io.lorahub.cli.local.options;

import io.lorahub.cli.terminal.EnumWords;
import io.lorahub.cli.terminal.UsageErrors;
import io.lorahub.engine.model.ComposedWeights;
import io.lorahub.engine.model.Compute;
import io.lorahub.engine.model.Precision;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The base model and how to compute with it. */
public final class ModelOptions extends PromptOptions {

    @Option(
            names = "--base",
            paramLabel = "DIR",
            description = "The base model: its folder, or its name in this machine's Hugging Face cache."
                    + " Default: the one that the adapters name.")
    private String base;

    @Option(
            names = "--composition",
            paramLabel = "HOW",
            converter = EnumWords.Compositions.class,
            completionCandidates = EnumWords.Compositions.class,
            defaultValue = "exact",
            description = "How adapters are combined: exact (default) or factor, the paper's.")
    private ComposedWeights composition;

    @Option(
            names = "--dtype",
            paramLabel = "TYPE",
            converter = EnumWords.Precisions.class,
            completionCandidates = EnumWords.Precisions.class,
            description = "float32 (default on a CPU) or bfloat16 (default on a GPU).")
    private Precision dtype;

    @Option(
            names = "--device",
            paramLabel = "DEVICE",
            description = "cpu, gpu or gpu:1. Default: the first GPU, else the CPU.")
    private String device;

    @Option(
            names = "--threads",
            paramLabel = "N",
            description = "Number of threads. Default: one per core, a single one for a small model.")
    private int threads;

    @Spec(Spec.Target.MIXEE)
    private CommandSpec command;

    public Optional<String> base() {
        return Optional.ofNullable(base);
    }

    public ComposedWeights composition() {
        return composition;
    }

    public Compute compute() {
        return UsageErrors.checked(
                command, () -> new Compute(Optional.ofNullable(device), Optional.ofNullable(dtype), threads));
    }
}
