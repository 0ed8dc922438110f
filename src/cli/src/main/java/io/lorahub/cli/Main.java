package io.lorahub.cli;

import io.lorahub.cli.export.ExportCommand;
import io.lorahub.cli.export.ExtractCommand;
import io.lorahub.cli.hub.ChatCommand;
import io.lorahub.cli.hub.ImportCommand;
import io.lorahub.cli.hub.LoginCommand;
import io.lorahub.cli.hub.LogoutCommand;
import io.lorahub.cli.hub.PullCommand;
import io.lorahub.cli.hub.PushCommand;
import io.lorahub.cli.hub.RunsCommand;
import io.lorahub.cli.hub.SearchCommand;
import io.lorahub.cli.local.ComposeCommand;
import io.lorahub.cli.local.ConvertCommand;
import io.lorahub.cli.local.DemoCommand;
import io.lorahub.cli.local.EvaluateCommand;
import io.lorahub.cli.local.GenerateCommand;
import io.lorahub.cli.local.InspectCommand;
import io.lorahub.cli.local.MergeCommand;
import io.lorahub.cli.local.RefineCommand;
import io.lorahub.cli.local.ReplayCommand;
import io.lorahub.cli.local.TokenizeCommand;
import io.lorahub.cli.server.BackupCommand;
import io.lorahub.cli.server.MigrateCommand;
import io.lorahub.cli.server.RestoreCommand;
import io.lorahub.cli.server.ServeCommand;
import io.lorahub.cli.server.VerifyStoreCommand;
import io.lorahub.cli.server.WorkerCommand;
import io.lorahub.cli.terminal.DecimalNumber;
import io.lorahub.cli.terminal.Failures;
import io.lorahub.cli.terminal.Interruption;
import io.lorahub.cli.terminal.PlainText;
import io.lorahub.cli.terminal.StandardOutput;
import io.lorahub.cli.terminal.TextLines;
import io.lorahub.cli.terminal.WholeNumber;
import io.lorahub.engine.learning.recipe.EngineVersion;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** The program's entry point and the root of its commands. */
@Command(
        name = "lorahub",
        description = {
            "Composes LoRA adapters for a new task from a handful of examples, measures how good the mix is, and runs a hub for adapters.",
            ""
        },
        mixinStandardHelpOptions = true,
        versionProvider = Main.Version.class,
        scope = ScopeType.INHERIT,
        synopsisSubcommandLabel = "COMMAND",
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:done",
            "1:inspect, push or import found problems, verify-store or backup found damage, restore left files out, replay got other "
                    + "weights, or a single adapter does better than the mix of compose or runs watch",
            "2:the command or an option is wrong",
            "3:a file or a hub can't be used",
            "70:a bug in LoraHub",
            "130:interrupted; with --out, what a search had found was written"
        },
        footer = {
            "",
            "Start with: lorahub serve, or lorahub compose --demo un-past",
            "In a checkout also: lorahub bench, lorahub dist, lorahub test, and lorahub screenshots [DIR]"
        })
public final class Main implements Runnable {

    private static final Map<String, Class<?>> COMMANDS = new LinkedHashMap<>();

    static {
        COMMANDS.put("serve", ServeCommand.class);
        COMMANDS.put("worker", WorkerCommand.class);
        COMMANDS.put("backup", BackupCommand.class);
        COMMANDS.put("restore", RestoreCommand.class);
        COMMANDS.put("migrate", MigrateCommand.class);
        COMMANDS.put("verify-store", VerifyStoreCommand.class);
        COMMANDS.put("compose", ComposeCommand.class);
        COMMANDS.put("refine", RefineCommand.class);
        COMMANDS.put("evaluate", EvaluateCommand.class);
        COMMANDS.put("generate", GenerateCommand.class);
        COMMANDS.put("merge", MergeCommand.class);
        COMMANDS.put("convert", ConvertCommand.class);
        COMMANDS.put("export", ExportCommand.class);
        COMMANDS.put("extract", ExtractCommand.class);
        COMMANDS.put("replay", ReplayCommand.class);
        COMMANDS.put("inspect", InspectCommand.class);
        COMMANDS.put("tokenize", TokenizeCommand.class);
        COMMANDS.put("login", LoginCommand.class);
        COMMANDS.put("logout", LogoutCommand.class);
        COMMANDS.put("chat", ChatCommand.class);
        COMMANDS.put("search", SearchCommand.class);
        COMMANDS.put("pull", PullCommand.class);
        COMMANDS.put("push", PushCommand.class);
        COMMANDS.put("import", ImportCommand.class);
        COMMANDS.put("runs", RunsCommand.class);
        COMMANDS.put("demo", DemoCommand.class);
        COMMANDS.put("completion", CompletionCommand.class);
        COMMANDS.put("warm-up", WarmUpCommand.class);
        COMMANDS.put("help", CommandLine.HelpCommand.class);
    }

    /** Commands that handle signals themselves, from the start of the server on. */
    private static final Set<String> SERVERS = Set.of("serve", "worker");

    @Spec
    private CommandSpec command;

    /** Adds a command of a program that is built on this one, as the benchmarks are. */
    public static void add(String name, Class<?> command) {
        COMMANDS.put(name, command);
    }

    public static void main(String[] args) {
        Locale.setDefault(Locale.ROOT); // some write other digits, also in protocols
        System.exit(run(args));
    }

    /** Runs a command line on the terminal; returns the exit code. */
    static int run(String[] args) {
        StandardOutput out = new StandardOutput();
        PrintWriter err = writer(new FileOutputStream(FileDescriptor.err));
        if (args.length > 0 && SERVERS.contains(args[0])) return out.required(run(args, writer(out), err), err);
        try (Interruption interruption = new Interruption()) {
            return out.required(run(args, writer(out), err), err);
        }
    }

    /** Runs a command line in this process; returns the exit code. */
    static int run(String[] args, PrintWriter unsafeOut, PrintWriter unsafeErr) {
        PrintWriter out = new PrintWriter(new PlainText(unsafeOut), true);
        PrintWriter err = new PrintWriter(new PlainText(unsafeErr), true);
        Failures failures = new Failures();
        CommandLine line = commandLine(args)
                .setOut(out)
                .setErr(err)
                .setExpandAtFiles(false) // a text may start with @
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

    /**
     * Only the requested command, because scanning all takes longer than a quick command does; all if there is none.
     */
    static CommandLine commandLine(String... args) {
        CommandLine line = new CommandLine(new Main());
        String asked = args.length == 0 ? "" : args[0];
        boolean one = COMMANDS.containsKey(asked) && !asked.equals("completion") && !asked.equals("help");
        COMMANDS.forEach((name, type) -> {
            if (!one || name.equals(asked)) line.addSubcommand(name, type);
        });
        if ("dumb".equals(System.getenv("TERM"))) {
            line.setColorScheme(CommandLine.Help.defaultColorScheme(CommandLine.Help.Ansi.OFF));
        }
        line.setHelpFactory((spec, colours) -> {
            spec.usageMessage().width(Math.max(55, TextLines.COLUMNS)); // picocli accepts no less
            return new CommandLine.Help(spec, colours);
        });
        DecimalNumber decimal = new DecimalNumber();
        return WholeNumber.register(line)
                .registerConverter(Double.class, decimal)
                .registerConverter(double.class, decimal)
                .setCaseInsensitiveEnumValuesAllowed(true);
    }

    /** UTF-8 in every locale, as JSON requires. */
    private static PrintWriter writer(OutputStream stream) {
        return new PrintWriter(stream, true, StandardCharsets.UTF_8);
    }

    @Override
    public void run() {
        throw new CommandLine.ParameterException(command.commandLine(), "Which command should run?");
    }

    /** What {@code --version} prints. */
    static final class Version implements IVersionProvider {

        @Override
        public String[] getVersion() {
            return new String[] {
                "LoraHub " + EngineVersion.current(),
                "Java %s, %s %s"
                        .formatted(
                                System.getProperty("java.version"),
                                System.getProperty("os.name"),
                                System.getProperty("os.arch"))
            };
        }
    }
}
