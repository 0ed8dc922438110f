package io.lorahub.bench;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lorahub.demo.DemoHub;
import io.lorahub.demo.DemoTask;
import java.util.ArrayList;
import java.util.List;

/** The whole command as a shell starts it, imports and all. */
record ShellComparison(ReferenceContext context) {

    private static final int ROUNDS = 3;

    ObjectNode measure() {
        DemoTask task = DemoHub.open().tasks().get(0);
        BenchSubject subject = BenchSubject.prepare(BenchSubject.DEMO, context.progress());
        List<String> theirs = PublishedProgram.command(
                context.environment(),
                context.driver(),
                subject,
                task.fewShotFile(1),
                WholeRunComparison.BUDGET,
                context.threads());
        List<String> ours = new ArrayList<>(launcher());
        ours.addAll(List.of(
                "compose",
                "--demo",
                task.name(),
                "--budget",
                String.valueOf(WholeRunComparison.BUDGET),
                "--threads",
                String.valueOf(context.threads()),
                "--json"));
        List<Samples> times =
                Seconds.interleaved(ROUNDS, List.of(() -> SilentProcess.run(theirs), () -> SilentProcess.run(ours)));
        return BenchOutput.JSON
                .createObjectNode()
                .put("command", String.join(" ", ours))
                .put("published_seconds", times.get(0).median())
                .put("seconds", times.get(1).median())
                .put("faster", times.get(0).median() / times.get(1).median());
    }

    private List<String> launcher() {
        return context.launcher() == null ? OwnCommand.prefix() : context.launcher();
    }
}
