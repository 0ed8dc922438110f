package io.lorahub.bench.reference;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lorahub.bench.engine.BenchSubject;
import io.lorahub.bench.process.OwnCommand;
import io.lorahub.bench.report.BenchOutput;
import io.lorahub.bench.report.Samples;
import io.lorahub.bench.report.Seconds;
import io.lorahub.demo.DemoHub;
import io.lorahub.demo.DemoTask;
import io.lorahub.engine.error.EngineException;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
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
        List<Samples> times = Seconds.interleaved(ROUNDS, List.of(() -> run(theirs), () -> run(ours)));
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

    /** Its output goes nowhere. */
    private static void run(List<String> command) {
        try {
            ProcessBuilder builder = new ProcessBuilder(command);
            PublishedProgram.withUsersEnvironment(builder);
            Process process = builder.redirectOutput(Redirect.DISCARD)
                    .redirectError(Redirect.DISCARD)
                    .start();
            process.getOutputStream().close();
            int code = process.waitFor();
            if (code != 0) {
                throw new EngineException(
                        "The command \"%s\" ended with the exit code %d.".formatted(String.join(" ", command), code));
            }
        } catch (IOException e) {
            throw new EngineException(
                    "The command \"%s\" cannot be started: %s.".formatted(command.get(0), e.getMessage()), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new EngineException("The measurement was interrupted.", e);
        }
    }
}
