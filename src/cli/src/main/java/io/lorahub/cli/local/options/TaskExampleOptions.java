package io.lorahub.cli.local.options;

import io.lorahub.cli.terminal.UsageErrors;
import io.lorahub.demo.DemoTask;
import io.lorahub.engine.learning.Example;
import io.lorahub.examples.ExamplesFile;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Examples to learn from, and others to count what is right; a demo task has both. */
public final class TaskExampleOptions extends ExampleOptions {

    @Option(
            names = "--held-out",
            paramLabel = "FILE",
            description = "More examples, to count how many come out exactly right.")
    private Path heldOut;

    @Spec(Spec.Target.MIXEE)
    private CommandSpec command;

    public List<Example> fewShot(DemoOptions demo) {
        return examples()
                .map(ExamplesFile::read)
                .or(() -> demo.task().map(task -> task.fewShot(demo.draw())))
                .orElseThrow(() -> UsageErrors.wrong(
                        command, "Give examples of the task with --examples FILE, or use --demo TASK."));
    }

    public Optional<List<Example>> heldOut(DemoOptions demo) {
        if (heldOut != null) return Optional.of(ExamplesFile.read(heldOut));
        return examples().isPresent() ? Optional.empty() : demo.task().map(DemoTask::heldOut);
    }
}
