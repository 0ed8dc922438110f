package io.lorahub.cli.local.options;

import io.lorahub.cli.terminal.UsageErrors;
import io.lorahub.demo.DemoHub;
import io.lorahub.demo.DemoTask;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** A task of the demo hub instead of your own files. */
public final class DemoOptions {

    @Option(
            names = "--demo",
            paramLabel = "TASK",
            description = "A task of the demo hub, with its base model, adapters and examples: see lorahub demo.")
    private String name;

    @Option(
            names = "--draw",
            paramLabel = "1..5",
            description = "Which five examples of the demo task to take (default 1).")
    private Integer draw;

    @Spec(Spec.Target.MIXEE)
    private CommandSpec command;

    private DemoHub hub;

    public boolean drawGiven() {
        return draw != null;
    }

    public int draw() {
        return draw == null ? 1 : draw;
    }

    public Optional<String> name() {
        return Optional.ofNullable(name);
    }

    public Optional<DemoHub> hub() {
        if (name == null) {
            if (draw != null) throw UsageErrors.wrong(command, "--draw only works with --demo.");
            return Optional.empty();
        }
        if (hub == null) hub = DemoHub.open();
        return Optional.of(hub);
    }

    public Optional<DemoTask> task() {
        return hub().map(h -> UsageErrors.checked(command, () -> {
            DemoTask task = h.task(name);
            task.fewShotFile(draw()); // refuses an unknown draw
            return task;
        }));
    }
}
