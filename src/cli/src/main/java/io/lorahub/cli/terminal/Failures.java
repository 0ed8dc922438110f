package io.lorahub.cli.terminal;

import io.lorahub.engine.error.EngineException;
import io.lorahub.remote.RemoteException;
import io.lorahub.serve.ServeException;
import io.lorahub.storage.object.StorageException;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.NoSuchFileException;
import java.util.Arrays;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/** Prints an error as one sentence; {@code --debug} adds the stack trace. */
public final class Failures implements IParameterExceptionHandler, IExecutionExceptionHandler {

    @Override
    public int handleParseException(ParameterException e, String[] args) {
        PrintWriter err = e.getCommandLine().getErr();
        err.println("lorahub: " + sentence(message(e)));
        if (e instanceof UnmatchedArgumentException unmatched) {
            UnmatchedArgumentException.printSuggestions(unmatched, err);
        }
        err.printf("Try '%s --help'.%n", e.getCommandLine().getCommandSpec().qualifiedName());
        trace(e, err, args);
        return ExitCode.USAGE;
    }

    private static String message(ParameterException e) {
        boolean noCommand = e instanceof UnmatchedArgumentException unmatched
                && !unmatched.isUnknownOption()
                && !e.getCommandLine().getSubcommands().isEmpty();
        return noCommand
                ? "There is no command \"%s\""
                        .formatted(
                                ((UnmatchedArgumentException) e).getUnmatched().get(0))
                : e.getMessage();
    }

    @Override
    public int handleExecutionException(Exception e, CommandLine commandLine, ParseResult result) {
        return report(e, commandLine.getErr(), result.originalArgs().toArray(String[]::new));
    }

    public int report(Throwable e, PrintWriter err, String[] args) {
        int code = code(e);
        String message = e instanceof NoSuchFileException missing
                ? "%s doesn't exist.".formatted(missing.getFile())
                : e instanceof OutOfMemoryError
                        ? "There is not enough memory (%s); give Java more, such as JAVA_OPTS=-Xmx8g."
                                .formatted(e.getMessage())
                        : code == ExitCode.INTERNAL ? fault(e) : sentence(e.getMessage());
        message.lines().forEach(line -> err.println("lorahub: " + line));
        trace(e, err, args);
        return code;
    }

    private static int code(Throwable e) {
        boolean input = e instanceof EngineException
                || e instanceof ServeException
                || e instanceof StorageException
                || e instanceof RemoteException
                || e instanceof IOException
                || e instanceof UncheckedIOException;
        return input ? ExitCode.INPUT : ExitCode.INTERNAL;
    }

    private static String fault(Throwable e) {
        return "This is a bug in LoraHub (%s); --debug shows more."
                .formatted(e.toString().lines().findFirst().get());
    }

    private static String sentence(String message) {
        return message == null || message.isEmpty()
                ? "unknown error."
                : message.matches("(?s).*[.!?:)]") ? message : message + ".";
    }

    private static void trace(Throwable e, PrintWriter err, String[] args) {
        if (Arrays.asList(args).contains("--debug")) e.printStackTrace(err);
    }
}
