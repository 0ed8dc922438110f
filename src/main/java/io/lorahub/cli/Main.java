package io.lorahub.cli;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** The program's entry point and the root of its commands. */
@Command(
        name = "lorahub",
        description = {
            "Composes LoRA adapters for a new task from a handful of examples, and says how good the mix is.",
            ""
        },
        mixinStandardHelpOptions = true,
        versionProvider = VersionText.class,
        scope = ScopeType.INHERIT,
        usageHelpWidth = 80,
        synopsisSubcommandLabel = "COMMAND",
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:done",
            "1:inspect found faults",
            "2:the command or an option is wrong",
            "3:a file or what it holds cannot be used",
            "70:a fault in LoraHub",
            "130:interrupted; what was found so far has been written"
        },
        footer = {"", "Start with: lorahub compose --demo un-past"},
        subcommands = {
            ComposeCommand.class,
            EvaluateCommand.class,
            GenerateCommand.class,
            MergeCommand.class,
            InspectCommand.class,
            TokenizeCommand.class,
            DemoCommand.class,
            BenchCommand.class,
            CompletionCommand.class,
            WarmUpCommand.class
        })
public final class Main implements Runnable {

    @Spec
    private CommandSpec command;

    public static void main(String[] args) {
        PrintWriter out = writer(FileDescriptor.out);
        PrintWriter err = writer(FileDescriptor.err);
        System.exit(run(args, out, err));
    }

    /** Runs a command line in this process; returns the exit code. */
    static int run(String[] args, PrintWriter out, PrintWriter err) {
        Failures failures = new Failures();
        CommandLine line = new CommandLine(new Main())
                .setOut(out)
                .setErr(err)
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setParameterExceptionHandler(failures)
                .setExecutionExceptionHandler(failures);
        try {
            return line.execute(args);
        } catch (Error e) {
            return failures.report(e, err, args);
        } finally {
            out.flush();
            err.flush();
        }
    }

    /** UTF-8 whatever the locale, as JSON demands it. */
    private static PrintWriter writer(FileDescriptor descriptor) {
        return new PrintWriter(new FileOutputStream(descriptor), true, StandardCharsets.UTF_8);
    }

    @Override
    public void run() {
        throw new CommandLine.ParameterException(command.commandLine(), "Say which command to run.");
    }
}
