package io.lorahub.bench.search;

import io.lorahub.bench.reference.UnavailableException;
import io.lorahub.demo.DemoHub;
import io.lorahub.engine.error.EngineException;
import io.lorahub.engine.model.Compute;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The demo that a bench measures on, and with what. */
public final class BenchDemoOptions {

    @Spec(Spec.Target.MIXEE)
    private CommandSpec command;

    @Option(
            names = "--demo",
            paramLabel = "NAME",
            defaultValue = DemoHub.WORDS,
            description = "The demo to measure on: words, the demo hub, or smollm2, whose base model"
                    + " SmolLM2-135M-Instruct must be on this machine, or the folder of another one that has hub.json,"
                    + " adapters and tasks. Default: ${DEFAULT-VALUE}.")
    private String name;

    @Option(
            names = "--base",
            paramLabel = "DIR",
            description = "The folder of the demo's base model. Default: the demo's own, else the one in this"
                    + " machine's Hugging Face cache.")
    private Path base;

    @Option(
            names = "--python",
            paramLabel = "DIR",
            description =
                    "A Python environment with torch, transformers and peft, to train a LoRA on the same examples;"
                            + " bench study also runs other programs' searches if it has nevergrad, cma and lorahub.")
    private Path python;

    @Option(names = "--threads", paramLabel = "N", description = "Number of threads. Default: one per core.")
    private int threads;

    public String name() {
        return name;
    }

    public DemoHub hub() {
        try {
            return DemoHub.open(name);
        } catch (EngineException e) {
            throw new ParameterException(command.commandLine(), e.getMessage());
        }
    }

    /** @param family a folder of tasks that need the words demo; null if the demo's own tasks are used */
    public void requireWordsFor(Path family) {
        if (family != null && !name.equals(DemoHub.WORDS)) {
            throw new ParameterException(
                    command.commandLine(), "A family has tasks of the demo hub's words; leave out --demo.");
        }
    }

    /** The folder of the base model. */
    public Path base(DemoHub hub) {
        return base == null ? hub.base() : base;
    }

    public Compute compute() {
        return new Compute(Optional.of("cpu"), Optional.empty(), threads);
    }

    /** Number of threads for other programs; 0 for as many as they take by themselves. */
    public int threads() {
        return threads;
    }

    public boolean hasPython() {
        return python != null;
    }

    /** Throws UnavailableException if no Python environment is given. */
    public Path python() {
        if (python == null) throw new UnavailableException("It needs a Python environment; give it with --python DIR.");
        return python;
    }

    /** Throws UnavailableException if there is no Python environment that can train. */
    public TrainedLora trainedLora(Path base) {
        return new TrainedLora(python(), base, threads);
    }
}
