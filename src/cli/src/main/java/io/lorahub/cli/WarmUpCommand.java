package io.lorahub.cli;

import io.lorahub.cli.terminal.ExitCode;
import io.lorahub.demo.DemoHub;
import java.io.PrintWriter;
import java.io.Writer;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/** Loads the classes that commands need, so that the launcher can archive them after a build (class data sharing). */
@Command(name = "warm-up", hidden = true, description = "Runs the usual commands once and shows nothing.")
final class WarmUpCommand implements Callable<Integer> {

    @Override
    public Integer call() {
        String adapter = DemoHub.open().adaptersFolder().resolve("un").toString();
        List<String[]> commands = List.of(
                new String[] {"--help"},
                new String[] {"demo"},
                new String[] {"inspect", adapter},
                new String[] {"compose", "--demo", "un-past", "--budget", "30", "--json"},
                new String[] {"compose", "--demo", "un-past", "--budget", "2"});
        PrintWriter nowhere = new PrintWriter(Writer.nullWriter());
        int worst = ExitCode.OK;
        for (String[] args : commands) worst = Math.max(worst, Main.run(args, nowhere, nowhere));
        return worst;
    }
}
