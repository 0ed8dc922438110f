package io.lorahub.cli.local.options;

import io.lorahub.cli.terminal.UsageErrors;
import io.lorahub.demo.DemoHub;
import io.lorahub.demo.DemoTask;
import io.lorahub.engine.error.EngineException;
import io.lorahub.engine.prompt.PromptChoice;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** A task of a demo instead of your own files. */
public final class DemoOptions {

    @Option(
            names = "--demo",
            paramLabel = "TASK",
            description = "A task of the demo hub, with its base model, adapters and examples: see lorahub demo;"
                    + " smollm2/TASK for one of the demo on SmolLM2-135M-Instruct.")
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

    public Optional<DemoHub> hub() {
        if (name == null) {
            if (draw != null) throw UsageErrors.wrong(command, "--draw only works with --demo.");
            return Optional.empty();
        }
        if (hub == null) hub = UsageErrors.checked(command, () -> DemoHub.open(demo()));
        return Optional.of(hub);
    }

    public Optional<DemoTask> task() {
        return hub().map(h -> UsageErrors.checked(command, () -> {
            String taskName = name.substring(name.indexOf('/') + 1);
            if (!h.has(taskName)) requireNotOfOtherDemo(taskName);
            DemoTask task = h.task(taskName);
            task.fewShotFile(draw()); // refuses an unknown draw
            return task;
        }));
    }

    /** A task's name without its demo is the demo hub's; and a prefix is easily forgotten or wrong. */
    private void requireNotOfOtherDemo(String task) {
        String other = demo().equals(DemoHub.WORDS) ? DemoHub.SMOLLM2 : DemoHub.WORDS;
        if (!DemoHub.isThere(other) || !DemoHub.open(other).has(task)) return;
        throw new EngineException("The task \"%1$s\" is one of the demo %2$s; use --demo %3$s."
                .formatted(task, other, other.equals(DemoHub.WORDS) ? task : other + "/" + task));
    }

    /** The demo of a task; a name without one is the demo hub's. */
    private String demo() {
        int slash = name.indexOf('/');
        return slash < 0 ? DemoHub.WORDS : name.substring(0, slash);
    }

    /** What to call the demo in a sentence. */
    public String title() {
        return name == null || demo().equals(DemoHub.WORDS) ? "the demo hub" : "the demo " + demo();
    }

    /** The prompt format that the user chose, else the demo's. */
    public PromptChoice prompt(PromptOptions given) {
        PromptChoice chosen = given.prompt();
        return chosen.equals(PromptChoice.DEFAULT) ? hub().map(DemoHub::prompt).orElse(chosen) : chosen;
    }

    /** What to say of the demo's prompt format to someone who will use a written adapter; empty if it has none. */
    public Optional<String> promptHint() {
        return hub().flatMap(demo -> demo.prompt().format())
                .map(format ->
                        "The demo's adapters are made for this prompt: $'%s'. generate and evaluate find it in recipe.json; other programs need it."
                                .formatted(format.replace("\n", "\\n")));
    }
}
